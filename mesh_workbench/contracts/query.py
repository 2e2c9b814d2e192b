"""Queries of SQL rules: placeholders filled in, and refused unless they are one SELECT over the object itself."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from mesh_workbench.contracts.sqltext import quoted
from mesh_workbench.errors import MeshError, did_you_mean

if TYPE_CHECKING:
    from sqlglot import exp

RELATION = "mesh candidate"
"""The view over which prepared queries run."""

_OBJECT = ("object", "table", "dataset")
_COLUMN = ("property", "column", "field")
_AROUND = ("schema", "database", "catalog", "project")
_PLACEHOLDER = re.compile(
    r"""(?P<quote>["'`]?)\$?\{\s*(?P<name>""" + "|".join((*_OBJECT, *_COLUMN, *_AROUND)) + r""")\s*\}(?P=quote)""",
    re.IGNORECASE,
)
_VARIABLE = re.compile(r"\$\{\s*(\w+)\s*\}")
_LEFT_OVER = re.compile(r"\{\s*([A-Za-z_]\w*)\s*\}")


class Refused(Exception):
    """A query that is not run; the text says why."""


def prepare(query: str, *, table: str, column: str | None, names: AbstractSet[str]) -> str:
    """The query as it will run: over the candidate's view, under the alias by which it called its object.

    `names` are those that mean the object. Raises Refused.
    """
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    from mesh_workbench.engine import allow

    text = _filled(query, table, column)
    try:
        statements = [statement for statement in sqlglot.parse(text, dialect="duckdb") if statement is not None]
    except (SqlglotError, RecursionError) as error:
        odd = _LEFT_OVER.search(text)
        if odd:
            hint = did_you_mean(odd[1], (*_OBJECT, *_COLUMN, *_AROUND))
            raise Refused(f"the query has the placeholder {odd[0]}, which nothing fills. {hint}") from error
        first = str(error).strip().splitlines()[0] if str(error).strip() else "it cannot be read"
        first = re.sub(chr(27) + r".[0-9;]*m", "", first).split(" <Token", 1)[0]
        raise Refused(f"the query cannot be read: {first}") from error
    if len(statements) != 1:
        raise Refused(f"the query holds {len(statements)} statements; one SELECT is allowed")
    statement = statements[0]
    if not isinstance(statement, exp.Query):
        raise Refused(f"the query is not a SELECT but {statement.key.upper()}")
    hole = statement.find(exp.Placeholder, exp.Parameter)
    if hole is not None:
        raise Refused(f"the query has a parameter ({hole.sql(dialect='duckdb')}) that nothing fills")
    try:
        allow.check(statement, text)
    except MeshError as error:
        raise Refused(error.message) from error
    _point_at_the_candidate(statement, {name.lower() for name in names})
    return str(statement.sql(dialect="duckdb", comments=False))


def _filled(query: str, table: str, column: str | None) -> str:
    def fill(match: re.Match[str]) -> str:
        word = match["name"].lower()
        if word in _COLUMN and column is None:
            raise Refused(f"the query speaks of {match[0]}, and the rule stands at no column")
        value = column if word in _COLUMN else table if word in _OBJECT else "mesh"
        if match["quote"] == "'":
            return "'" + str(value).replace("'", "''") + "'"
        return quoted(str(value))

    text = _PLACEHOLDER.sub(fill, query)
    left = _VARIABLE.search(text)
    if left:
        raise Refused(f"the query uses {left[0]}, which has no value here")
    return text


def _point_at_the_candidate(statement: exp.Expr, names: AbstractSet[str]) -> None:
    from sqlglot import exp

    defined = {cte.alias_or_name.lower() for cte in statement.find_all(exp.CTE)}
    for node in list(statement.find_all(exp.Table)):
        if not isinstance(node.this, exp.Identifier):
            raise Refused(f"the query reads from {node.sql(dialect='duckdb')}; only its own object is allowed")
        name = node.name.lower()
        if name in defined and not node.db:
            continue
        if name not in names:
            raise Refused(f"the query reads {node.sql(dialect='duckdb')}; only its own object is allowed")
        called = node.alias or node.name
        node.set("this", exp.to_identifier(RELATION, quoted=True))
        node.set("db", None)
        node.set("catalog", None)
        if not node.alias:
            node.set("alias", exp.TableAlias(this=exp.to_identifier(called, quoted=True)))
