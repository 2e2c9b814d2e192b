"""Files that somebody deleted or damaged behind our back: every door names product and release, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest

from mesh_workbench.engine.relation import Relation
from mesh_workbench.errors import MeshError, Unavailable
from mesh_workbench.lifecycle import query
from mesh_workbench.lifecycle.port_rows import port_rows
from mesh_workbench.model.query import QueryRequest
from mesh_workbench.model.rows import RowsRequest
from tests.query.conftest import SmallMesh

NAME = "fleet.planes"


def relation(small: SmallMesh) -> Relation:
    [port] = query.read(small.reader(), [NAME]).ports
    return Relation(port)


DOORS: dict[str, Callable[[SmallMesh, Relation], object]] = {
    "arrow": lambda _, planes: planes.arrow(),
    "polars": lambda _, planes: planes.polars(),
    "pandas": lambda _, planes: planes.pandas(),
    "lazy": lambda _, planes: planes.lazy().collect(),
    "duckdb": lambda _, planes: planes.duckdb(duckdb.connect()).fetchall(),
    "batches": lambda _, planes: planes.batches().read_all(),
    "an Arrow stream": lambda _, planes: pl.from_arrow(planes),
    "display": lambda _, planes: repr(planes),
    "filtered": lambda _, planes: planes.filter("seats > 1").polars(),
    "limited": lambda _, planes: planes.limit(1).arrow(),
    "SQL": lambda small, _: small.ask(f"SELECT * FROM {NAME}").reader.read_all(),
    "a sum": lambda small, _: small.ask(f"SELECT sum(seats) FROM {NAME}").reader.read_all(),
    "a plan": lambda small, _: query.plan(small.reader(), QueryRequest(statement=f"SELECT * FROM {NAME}")),
    "a sample": lambda small, _: query.sample(small.reader(), NAME),
    "rows": lambda small, _: port_rows(small.reader(), RowsRequest(port=f"{NAME}.planes")).reader.read_all(),
}


SAID_BY_OTHERS = {"lazy", "a plan", "an Arrow stream"}
"""Doors behind which another library reads later; a plan looks at footers that DuckDB may still have."""


def files_of(small: SmallMesh) -> list[Path]:
    return [*small.storage.root.glob("tables/*/v1/data/*/planes.parquet")]


@pytest.mark.parametrize("door", DOORS)
def test_a_file_that_is_gone_is_told_with_product_and_release(small: SmallMesh, door: str) -> None:
    planes = relation(small)
    for file in files_of(small):
        file.unlink()
    with pytest.raises(Unavailable) as caught:
        DOORS[door](small, planes)
    error = caught.value
    assert error.code == "query.file-unreadable"
    assert error.message == "1 of 1 files of release 1 of fleet.planes.planes are gone from the storage."
    assert "`mesh doctor --deep`" in error.hint
    assert "`mesh run fleet.planes`" in error.hint


@pytest.mark.parametrize("damage", ["not Parquet", "cut off", "empty"])
@pytest.mark.parametrize("door", [door for door in DOORS if door not in SAID_BY_OTHERS])
def test_a_file_that_is_damaged_is_told_with_product_and_release(small: SmallMesh, door: str, damage: str) -> None:
    planes = relation(small)
    for file in files_of(small):
        half = file.read_bytes()[: file.stat().st_size // 2]
        file.write_bytes({"not Parquet": b"nothing of the kind" * 40, "cut off": half, "empty": b""}[damage])
    with pytest.raises(MeshError) as caught:
        DOORS[door](small, planes)
    error = caught.value
    assert error.code == "query.file-unreadable", error
    assert "release 1 of fleet.planes.planes cannot be read" in error.message
    assert "`mesh doctor --deep`" in error.hint


def test_who_reads_an_arrow_stream_gets_our_words_in_the_error_of_the_other_library(small: SmallMesh) -> None:
    planes = relation(small)
    for file in files_of(small):
        file.write_bytes(b"nothing of the kind" * 40)
    with pytest.raises(pl.exceptions.ComputeError, match=r"release 1 of fleet\.planes\.planes cannot be read"):
        pl.from_arrow(planes)
