"""merge: the files of a port, less the rows that staged rows with the same keys replace.

The staged rows are added as they are, so what a merge rewrites is only what it takes away from. Key columns compare
as SQL's equality; null in a key names no row and is refused.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mesh_workbench.errors import InvalidInput, did_you_mean
from mesh_workbench.storage.faults import translate
from mesh_workbench.storage.parquet import sync, writer


@dataclass(frozen=True)
class Remainder:
    """What is left of one file."""

    original: Path
    path: Path | None
    """The new file; None when no row is left."""
    rows: int
    size: int


def check_keys(staged: Sequence[Path], keys: Sequence[str], output: str) -> None:
    """Refuses keys that do not name one row each.

    Raises InvalidInput `output.no-keys`, `output.unknown-key`, `output.key-type`, `output.null-key`,
    `output.duplicate-keys`.
    """
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    where = f"output {output}"
    if not keys:
        raise InvalidInput(
            "output.no-keys",
            f"Output {output!r} is merged, and no keys are named.",
            where=where,
            hint='Name them: mesh.output(…, mode="merge", keys=["id"]).',
        )
    schema = pq.read_schema(staged[0])
    for key in keys:
        if key not in schema.names:
            raise InvalidInput(
                "output.unknown-key",
                f"Output {output!r} has no column {key!r} to be a key.",
                where=where,
                hint=did_you_mean(key, schema.names),
            )
        if schema.field(key).type.num_fields:
            raise InvalidInput(
                "output.key-type",
                f"Column {key!r} of output {output!r} is {schema.field(key).type} and cannot be a key.",
                where=where,
                hint="Choose columns of single values.",
            )
    table = _keys_of(staged, keys)
    nulls = table.num_rows - table.drop_null().num_rows
    if nulls:
        raise InvalidInput(
            "output.null-key",
            f"{nulls} rows of output {output!r} have no value in a key ({', '.join(keys)}).",
            where=where,
            hint="Drop or fill them, or choose other keys.",
        )
    counts = table.group_by(table.column_names).aggregate([([], "count_all")])["count_all"]
    twice = pc.sum(pc.greater(counts, 1)).as_py() or 0
    if twice:
        raise InvalidInput(
            "output.duplicate-keys",
            f"{twice} keys ({', '.join(keys)}) of output {output!r} are on several rows.",
            where=where,
            hint="Keep one row a key, or name more keys.",
        )


def remainders(base: Sequence[Path], staged: Sequence[Path], keys: Sequence[str], folder: Path) -> list[Remainder]:
    """For each file of `base` that holds a key of `staged`: what is left of it, written into `folder`.

    Files without such a key do not appear. Rows are read batch by batch; what is held of a file are its keys.
    Raises Unavailable `storage.full`, `storage.read-only`, `storage.failed`.
    """
    import pyarrow.parquet as pq

    replaced, written = _keys_of(staged, keys), []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for original in base:
            if not set(keys) <= set(pq.read_schema(original).names):
                continue  # written before a key column was added: its keys are null and equal nothing
            positions = _positions(original, replaced, keys)
            if len(positions):
                written.append(_rewrite(original, positions, folder / f"kept-{uuid.uuid4().hex}.parquet"))
    except OSError as error:
        for remainder in written:
            if remainder.path:
                remainder.path.unlink(missing_ok=True)
        raise translate(error, folder) from error
    return written


def _keys_of(files: Sequence[Path], keys: Sequence[str]) -> Any:
    """The key columns of all rows, called k0, k1, …: whatever they are called, no SQL needs to know."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    tables = []
    for path in files:
        with pq.ParquetFile(path) as file:
            tables.append(file.read(columns=list(keys)).select(list(keys)))
    return pa.concat_tables(tables).rename_columns([f"k{number}" for number in range(len(keys))])


def _positions(original: Path, replaced: Any, keys: Sequence[str]) -> Any:
    """Row numbers of `original`, in order, whose keys are among `replaced`."""
    import duckdb
    import pyarrow as pa

    own = _keys_of([original], keys)
    own = own.append_column("position", pa.array(range(own.num_rows), pa.int64()))
    equal = " AND ".join(f"own.{name} = replaced.{name}" for name in replaced.column_names)
    with duckdb.connect(":memory:") as connection:
        connection.register("own", own)
        connection.register("replaced", replaced)
        statement = f"SELECT own.position FROM own SEMI JOIN replaced ON {equal} ORDER BY 1"  # noqa: S608 (k0, k1, …)
        found: Any = connection.sql(statement).to_arrow_table()
        return found["position"].to_numpy()


def _rewrite(original: Path, positions: Any, path: Path) -> Remainder:
    import numpy
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = 0
    with pq.ParquetFile(original) as source:
        total = source.metadata.num_rows
        if len(positions) == total:
            return Remainder(original, None, 0, 0)
        with writer(path, source.schema_arrow) as target:
            start = 0
            for batch in source.iter_batches(batch_size=262_144):
                keep = numpy.ones(batch.num_rows, dtype=bool)
                inside = positions[(positions >= start) & (positions < start + batch.num_rows)]
                keep[inside - start] = False
                kept = batch.filter(pa.array(keep))
                if kept.num_rows:
                    target.write_batch(kept)
                rows += kept.num_rows
                start += batch.num_rows
    sync(path)
    return Remainder(original, path, rows, path.stat().st_size)
