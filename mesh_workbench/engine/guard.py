"""The second look at a statement, with DuckDB's own parser: what DuckDB understands is what gets checked.

The first look (`allow`) uses another parser, and two parsers can differ. Here the tree comes from DuckDB itself, so
nothing that DuckDB would run can hide in the difference: exactly one statement that only selects, known functions,
and no table but the relations of the session.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import duckdb

from mesh_workbench.engine.functions import TABLE_FUNCTIONS, allowed
from mesh_workbench.errors import Forbidden

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet


_QUERY_NODES = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"})
"""Others change something: DuckDB calls `WITH x AS (COPY …) SELECT 1` a SELECT statement."""

_LENGTHENING = frozenset({"repeat", "lpad", "rpad"})
_DIGITS_OF_LENGTH = 4
_LISTS = frozenset({"range", "generate_series", "list_resize", "array_resize"})
_DIGITS_OF_LISTS = 7


_HINT = "It may read products with SELECT and compute; files, settings, catalogs and changes are out of reach."


def refuse(what: str, hint: str = _HINT) -> Forbidden:
    """The error for something that a query may not do."""
    return Forbidden("query.not-allowed", f"A query may not {what}.", hint=hint)


def check(connection: duckdb.DuckDBPyConnection, sql: str, relations: AbstractSet[str]) -> frozenset[str]:
    """Refuse `sql` unless it is one SELECT over `relations` with known functions; tell which functions those are.

    Raises Forbidden `query.not-allowed`, and DuckDB's own error when it cannot parse it.
    """
    statements = connection.extract_statements(sql)
    if len(statements) != 1:
        raise refuse(f"be {len(statements)} statements")
    try:
        kind = statements[0].type
    except ValueError as error:  # its parser knows more kinds than its bindings have names for
        raise refuse("be anything but a SELECT") from error
    if kind != duckdb.StatementType.SELECT:
        raise refuse(f"be a {kind.name} statement")
    [(serialised,)] = connection.execute("SELECT json_serialize_sql($sql)", {"sql": sql}).fetchall()
    tree = json.loads(serialised)
    if tree.get("error"):
        raise refuse("be more than a plain SELECT")
    nodes = list(_walk(tree))
    in_from = {id(node.get("function")) for node in nodes if node.get("type") == "TABLE_FUNCTION"}
    named = {str(entry["key"]).lower() for node in nodes for entry in _common_tables(node)}
    for node in nodes:
        _check_node(node, relations, named)
        if id(node) not in in_from and str(node.get("function_name", "")).lower() in _LISTS:
            _check_list(node)
    return frozenset(str(node["function_name"]).lower() for node in nodes if "function_name" in node)


def _check_node(node: dict[str, Any], relations: AbstractSet[str], common: AbstractSet[str]) -> None:
    kind = str(node.get("type", ""))
    if kind.endswith("_NODE") and kind not in _QUERY_NODES:
        raise refuse(f"hold a part that changes something ({kind.removesuffix('_QUERY_NODE')})")
    if kind == "BASE_TABLE":
        name = str(node.get("table_name", ""))
        path = (node.get("qualified_name") or {}).get("path", [name])
        if path != [name] or (name not in relations and name.lower() not in common):
            raise refuse(f"read {name!r}")
    elif kind == "TABLE_FUNCTION":
        name = str((node.get("function") or {}).get("function_name", "")).lower()
        if name not in TABLE_FUNCTIONS:
            raise refuse(f"call the table function {name!r}")
    elif kind == "SHOW_REF":
        raise refuse("describe or show")
    elif "function_name" in node:
        name = str(node["function_name"])
        if not allowed(name) and name.lower() not in TABLE_FUNCTIONS:
            raise refuse(f"call the function {name!r}")
        if name.lower() in _LENGTHENING:
            _check_length(node, name)


def _check_length(node: dict[str, Any], name: str) -> None:
    """Texts are not blown up: DuckDB counts them towards no limit, and cannot be interrupted meanwhile."""
    arguments = [argument.get("expression", {}) for argument in node.get("arguments", [])]
    length = (arguments[1].get("literal") or {}) if len(arguments) > 1 else {}
    small = length.get("kind") == "INTEGER" and len(str(length.get("text", ""))) <= _DIGITS_OF_LENGTH
    nested = any(str(inner.get("function_name", "")).lower() in _LENGTHENING for inner in _walk(arguments))
    if nested or not small:
        raise refuse(f"make texts longer with {name} than a number below {10**_DIGITS_OF_LENGTH:,} says")


def _check_list(node: dict[str, Any]) -> None:
    """A list is held in memory as a whole, and DuckDB counts that towards no limit. In FROM it is a stream."""
    literals = [inner["literal"] for inner in _walk(node.get("arguments")) if isinstance(inner.get("literal"), dict)]
    if any(one.get("kind") == "INTEGER" and len(str(one.get("text"))) > _DIGITS_OF_LISTS for one in literals):
        raise refuse(
            f"make a list of {10**_DIGITS_OF_LISTS:,} values or more",
            hint="Write it behind FROM, where it is a stream: FROM range(…).",
        )


def _common_tables(node: dict[str, Any]) -> list[dict[str, Any]]:
    found = node.get("cte_map")
    return list(found.get("map", [])) if isinstance(found, dict) else []


def _walk(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from _walk(part)
    elif isinstance(value, list):
        for part in value:
            yield from _walk(part)
