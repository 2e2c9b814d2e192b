"""What DuckDB would read for a statement, by its own plan."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import duckdb

from mesh_workbench.engine.execute import columns_of, relation_of, with_place
from mesh_workbench.engine.explain import explain
from mesh_workbench.engine.local import Frame
from mesh_workbench.engine.parameters import bind
from mesh_workbench.engine.rewrite import Compiled
from mesh_workbench.model.plan import Scan

if TYPE_CHECKING:
    from pydantic import JsonValue

    from mesh_workbench.engine.sessions import Sessions
    from mesh_workbench.engine.statement import Statement
    from mesh_workbench.model.query import ResolvedPort

_WHAT = {"READ_PARQUET": "files", "PARQUET_SCAN": "files", "PYTHON_ARROW_SCAN": "frame", "ARROW_SCAN": "frame"}


def plan(
    statement: Statement,
    sources: Sequence[ResolvedPort | Frame],
    parameters: Mapping[str, JsonValue],
    sessions: Sessions,
) -> tuple[list[Scan], int | None]:
    """What would be read, and how many rows would come out; both are DuckDB's estimate. Raises what executing does."""
    frames = {source.relation: source.table for source in sources if isinstance(source, Frame)}
    ports = [source for source in sources if not isinstance(source, Frame)]
    try:
        session = sessions.get(ports)
    except duckdb.Error as error:
        raise explain(error, Compiled("", (), "", ()), {}, ports) from error
    compiled = statement.over(tuple(map(relation_of, sources)))
    values = bind(compiled.parameters, parameters)
    cursor = session.cursor()
    try:
        for name, table in frames.items():
            cursor.register(name, table)
        sql = session.checked(compiled.sql, frames.keys())
        [(_, told)] = cursor.execute(f"EXPLAIN (FORMAT json) {sql}", values).fetchall()
    except duckdb.Error as error:
        precise = with_place(error, cursor, compiled.sql, values)
        raise explain(precise, compiled, columns_of(statement, sources), ports) from error
    finally:
        session.give_back(cursor, frames)
    [root] = json.loads(told)
    return [_scan(node) for node in _nodes(root) if not node.get("children") and _facts(node)], _rows(root)


def _scan(node: dict[str, Any]) -> Scan:
    facts, name = _facts(node), str(node.get("name", "")).strip()
    return Scan(
        what=_WHAT.get(name, name.lower().replace("_", " ")),
        columns=_list(facts.get("Projections")),
        filters=_list(facts.get("Filters")),
        rows=_rows(node),
    )


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("children", []):
        yield from _nodes(child)


def _facts(node: dict[str, Any]) -> dict[str, Any]:
    found = node.get("extra_info")
    return found if isinstance(found, dict) else {}


def _rows(node: dict[str, Any]) -> int | None:
    estimated = str(_facts(node).get("Estimated Cardinality", ""))
    return int(estimated) if estimated.isdecimal() else None


def _list(found: object) -> list[str]:
    return [str(one) for one in found] if isinstance(found, list) else [str(found)] if found else []
