"""Every frame type × every mode: whatever is published, every reader sees what was meant."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from mesh_workbench.model.notebook import OutputMode
from mesh_workbench.registry import Registry, open_registry
from mesh_workbench.storage.local import LocalStorage
from mesh_workbench.storage.normalise import to_arrow
from tests.storage.world import comparable, month, new_world

LIBRARIES: dict[str, Callable[[pa.Table], object]] = {
    "polars": pl.DataFrame,
    "polars lazy": lambda table: pl.DataFrame(table).lazy(),
    "pandas": lambda table: table.to_pandas(),
    "pandas on arrow": lambda table: table.to_pandas(types_mapper=pd.ArrowDtype),
    "arrow table": lambda table: table,
    "arrow batch": lambda table: table.combine_chunks().to_batches()[0],
    "arrow stream": lambda table: table.to_reader(),
    "duckdb": duckdb.from_arrow,
    "dicts": lambda table: table.to_pylist(),
}
MODES: list[OutputMode] = ["replace_slot", "replace", "append", "merge"]

text = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)
naive = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30))
VALUES: dict[str, tuple[pa.DataType, st.SearchStrategy[Any]]] = {
    "i8": (pa.int8(), st.integers(-(2**7), 2**7 - 1)),
    "i64": (pa.int64(), st.integers(-(2**63), 2**63 - 1)),
    "u32": (pa.uint32(), st.integers(0, 2**32 - 1)),
    "f32": (pa.float32(), st.floats(width=32)),
    "f64": (pa.float64(), st.floats()),
    "bool": (pa.bool_(), st.booleans()),
    "text": (pa.string(), text),
    "category": (pa.dictionary(pa.int32(), pa.string()), st.sampled_from(["a", "b", "ü"])),
    "bytes": (pa.binary(), st.binary(max_size=40)),
    "date": (pa.date32(), st.dates(date(1, 1, 2), date(9999, 12, 30))),
    "naive": (pa.timestamp("us"), naive),
    "ns": (pa.timestamp("ns"), st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1))),
    "utc": (pa.timestamp("us", "UTC"), naive.map(lambda moment: moment.replace(tzinfo=UTC))),
    "decimal": (pa.decimal128(38, 2), st.decimals(-(10**9), 10**9, places=2).map(Decimal)),
    "list": (pa.list_(pa.int32()), st.lists(st.integers(0, 9), min_size=1, max_size=3)),
    "struct": (
        pa.struct([("a", pa.int16()), ("b", pa.string())]),
        st.fixed_dictionaries({"a": st.integers(0, 9), "b": text}),
    ),
    "structs": (
        pa.list_(pa.struct([("a", pa.int64())])),
        st.lists(st.fixed_dictionaries({"a": st.integers(0, 9)}), min_size=1, max_size=2),
    ),
}
names = st.text(st.sampled_from(string.ascii_letters + " .\"%/\\'`()ü漢"), min_size=1, max_size=8).filter(
    lambda name: bool(name.strip()) and name.casefold() != "k"
)


@st.composite
def pairs_of_tables(draw: st.DrawFn) -> tuple[pa.Table, pa.Table]:
    """Two tables of the same columns; `k` is unique in each."""
    kinds = draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=5))
    called = draw(st.lists(names, min_size=len(kinds), max_size=len(kinds), unique_by=str.casefold))
    return tuple(draw(_table(dict(zip(called, kinds, strict=True)))) for _ in range(2))  # type: ignore[return-value]


@st.composite
def _table(draw: st.DrawFn, kinds: dict[str, str]) -> pa.Table:
    keys = draw(st.lists(st.integers(0, 6), min_size=1, max_size=5, unique=True))
    columns = {"k": pa.array(keys, pa.int64())}
    for name, kind in kinds.items():
        arrow_type, values = VALUES[kind]
        # the first value is there: a column of nothing tells no type to those who infer it
        column = [draw(values), *(draw(st.none() | values) for _ in keys[1:])]
        columns[name] = pa.array(column, arrow_type)
    return pa.table(columns)


def _too_exact_for_pandas(table: pa.Table) -> bool:
    """Plain pandas makes floats of integers when one is missing."""
    whole = [column for column in table.columns if column.type == pa.int64()]
    return any(abs(value) > 2**53 for column in whole for value in column.to_pylist() if value is not None)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Registry, LocalStorage, list[int]]]:
    folder = tmp_path_factory.mktemp("frames")
    registry = open_registry(f"sqlite:///{folder / 'registry.db'}")
    yield registry, LocalStorage(folder / "storage"), [0]
    registry.close()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("library", LIBRARIES)
def test_every_reader_sees_what_was_published(
    shared: tuple[Registry, LocalStorage, list[int]], library: str, mode: OutputMode
) -> None:
    registry, storage, count = shared
    as_frame = LIBRARIES[library]

    @settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
    @given(pairs_of_tables(), st.booleans())
    def publish_and_read(tables: tuple[pa.Table, pa.Table], same_slot: bool) -> None:
        assume(library != "pandas" or not any(map(_too_exact_for_pandas, tables)))
        count[0] += 1
        world = new_world(registry, storage, full_name=f"flight_ops.flights_{count[0]}")
        first, second = tables
        again = same_slot and mode != "append"
        for table, slot in ((first, month(1)), (second, month(1 if again else 2))):
            keys = ("k",) if mode == "merge" else ()
            world.put({"flights": as_frame(table)}, mode=mode, keys=keys, slot=slot)
        before, after = (comparable(to_arrow(as_frame(table))) for table in tables)
        if "pandas" not in library:  # which takes NaN for missing
            assert after == comparable(second), "normalising changes types, never values"
        if mode == "merge":
            before = [row for row in before if row["k"] not in {new["k"] for new in after}]
        elif mode == "replace" or (mode == "replace_slot" and again):
            before = []
        assert world.read() == sorted([*before, *after], key=repr)

    publish_and_read()
