"""The relations that a check reads: the candidate, the staged rows in it, and what foreign keys point to."""

# ruff: noqa: S608 - identifiers are quoted
from __future__ import annotations

from typing import TYPE_CHECKING

from mesh_workbench.contracts.query import RELATION
from mesh_workbench.engine.session import escaped, exact, literal, quoted
from mesh_workbench.errors import InvalidInput

if TYPE_CHECKING:
    import duckdb
    import pyarrow

    from mesh_workbench.contracts.candidate import Candidate

CANDIDATE = quoted(RELATION)
STAGED = quoted("mesh staged")


def make_views(connection: duckdb.DuckDBPyConnection, candidate: Candidate) -> dict[str, str]:
    """Makes the views of candidate, staged rows and foreign data; tells the view of each foreign relation.

    Raises duckdb.Error, InvalidInput `contract.no-columns` and `frame.unsupported-type`.
    """
    schema = candidate.schema
    if not candidate.files and not candidate.staged and (schema is None or not schema.names):
        raise InvalidInput(
            "contract.no-columns",
            "The data has no columns, so there is nothing that a contract could be held against.",
            hint="Give the frame at least one column.",
        )
    if candidate.table is not None:
        connection.register("mesh table", _readable(candidate))
        connection.execute(f'CREATE VIEW {STAGED} AS SELECT * FROM "mesh table"')
        connection.execute(f"CREATE VIEW {CANDIDATE} AS SELECT * FROM {STAGED}")
    else:
        files = tuple(dict.fromkeys((*candidate.files, *candidate.staged)))
        _view(connection, CANDIDATE, files, schema)
        if set(files) == set(candidate.staged):
            connection.execute(f"CREATE VIEW {STAGED} AS SELECT * FROM {CANDIDATE}")
        elif candidate.staged:
            _view(connection, STAGED, tuple(candidate.staged), schema)
        else:
            connection.execute(f"CREATE VIEW {STAGED} AS SELECT * FROM {CANDIDATE} LIMIT 0")
    foreign: dict[str, str] = {}
    for index, (name, data) in enumerate(candidate.foreign.items()):
        if not is_table(data) and not data:
            continue  # without files nothing tells its columns: it is not at hand
        foreign[name] = view = quoted(f"mesh foreign {index}")
        if not is_table(data):
            _view(connection, view, tuple(data), None)
        else:
            connection.register(f"mesh foreign table {index}", data)
            connection.execute(f'CREATE VIEW {view} AS SELECT * FROM "mesh foreign table {index}"')
    return foreign


def is_table(data: object) -> bool:
    return not isinstance(data, list | tuple)


def _readable(candidate: Candidate) -> object:
    import pyarrow

    from mesh_workbench.contracts.readable import readable

    if isinstance(candidate.table, pyarrow.Table):
        schema = readable(candidate.table.schema)
        return candidate.table if schema == candidate.table.schema else candidate.table.cast(schema)
    from mesh_workbench.contracts.lazy import Lazy

    return None if candidate.table is None else Lazy(candidate.table, candidate.objects)


def _view(
    connection: duckdb.DuckDBPyConnection, view: str, files: tuple[str, ...], schema: pyarrow.Schema | None
) -> None:
    """Makes `view` over `files`. Columns of `schema` that no file has are there, and empty."""
    declared: dict[str, str] = {}
    if schema is not None and schema.names:
        from mesh_workbench.contracts.readable import readable

        connection.register(f"{view} empty", readable(schema).empty_table())
        declared = _types(connection, quoted(f"{view} empty"))
    if not files:
        connection.execute(f"CREATE VIEW {view} AS SELECT * FROM {quoted(f'{view} empty')}")
        return
    listed = f"[{', '.join(literal(escaped(file)) for file in files)}]"
    rows = f"read_parquet({listed}, union_by_name = true, hive_partitioning = false)"
    types = _types(connection, rows)
    present = {name.lower() for name in types}
    doubtful = _doubtful(connection, listed) if {"VARCHAR", "BLOB"} & set(types.values()) else set()
    columns = [f"{exact(name, kind, doubtful=name in doubtful)} AS {quoted(name)}" for name, kind in types.items()]
    columns += [
        f"CAST(NULL AS {kind}) AS {quoted(name)}" for name, kind in declared.items() if name.lower() not in present
    ]
    connection.execute(f"CREATE VIEW {view} AS SELECT {', '.join(columns)} FROM {rows}")


def _doubtful(connection: duckdb.DuckDBPyConnection, listed: str) -> set[str]:
    """Columns of which DuckDB 2.0 finds every row null when it looks for those that are.

    It does so of texts that are written without a dictionary and are all the same.
    """
    asked = f"""SELECT DISTINCT path_in_schema FROM parquet_metadata({listed}) WHERE type = 'BYTE_ARRAY'
        AND dictionary_page_offset IS NULL AND stats_null_count > 0 AND stats_min_value = stats_max_value"""
    paths = [str(path) for (path,) in connection.execute(asked).fetchall()]
    return {name for path in paths for name in (path, path.partition(", ")[0])}


def _types(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    return {str(row[0]): str(row[1]) for row in connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()}
