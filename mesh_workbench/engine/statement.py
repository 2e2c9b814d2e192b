"""A statement: parsed, found harmless, its product names known; ready to be put over releases.

Names of products are tables with a domain (`flight_ops.flights`, `flight_ops.flights.flights`) or quoted references
(`"flight_ops.flights@2"`). A name of a common table expression shadows.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from mesh_workbench.engine.allow import check, place_of, refuse
from mesh_workbench.engine.names import NamedTable, product_tables
from mesh_workbench.engine.place import Place, pointing
from mesh_workbench.engine.rewrite import Compiled, Edit, Slot, compiled, slots
from mesh_workbench.errors import InvalidInput, MeshError

MAX_CHARACTERS = 100_000
_PUSHED_LIMIT = 10_000
"""Up to here a limit is worth telling DuckDB; beyond, it would rather sort than keep the best n."""


@dataclass(frozen=True, eq=False)
class Statement:
    """One harmless SELECT. `names` are the product names in the order of the text, each occurrence one."""

    text: str
    tree: exp.Expr
    names: tuple[NamedTable, ...]
    parameters: tuple[str, ...]
    places: tuple[Slot, ...]
    columns: tuple[Edit, ...]
    limited: bool

    def over(self, relations: tuple[str, ...], *, limit: int | None = None) -> Compiled:
        """The SQL for DuckDB: the n-th name replaced by the n-th of `relations`, the limit told where that helps.

        Who executes must still stop after `limit` rows.
        """
        return _over(self, relations, None if self.limited or (limit or 0) > _PUSHED_LIMIT else limit)


@functools.lru_cache(maxsize=256)
def _over(statement: Statement, relations: tuple[str, ...], limit: int | None) -> Compiled:
    placeholders = [node for node in statement.tree.find_all(exp.Placeholder) if not _in_time_clause(node)]
    needed = tuple(dict.fromkeys(str(node.this) for node in placeholders))
    return compiled(statement.text, statement.places, statement.columns, relations, needed, limit=limit)


@functools.lru_cache(maxsize=256)
def parse(text: str) -> Statement:
    """The statement in `text`.

    Raises InvalidInput `query.empty`, `query.too-long`, `query.too-deep`, `query.syntax`,
    `query.parameter-without-name`, `query.not-a-product`, `query.bad-time`, and Forbidden `query.not-allowed`; each
    points at its place where there is one.
    """
    if len(text) > MAX_CHARACTERS:
        raise InvalidInput(
            "query.too-long", f"The statement has {len(text):,} characters; {MAX_CHARACTERS:,} are the most."
        )
    if "\0" in text:
        raise InvalidInput("query.syntax", "The statement holds a NUL character.", hint="Remove it.")
    text = text.rstrip().removesuffix(";").rstrip()
    try:
        return _parse(text)
    except RecursionError as error:
        raise InvalidInput(
            "query.too-deep", "The statement is nested too deeply.", hint="Split it with WITH."
        ) from error


def _parse(text: str) -> Statement:
    try:
        trees = [tree for tree in sqlglot.parse(text, read="duckdb") if tree is not None]
    except (ParseError, TokenError) as error:
        raise _syntax(error, text) from error
    trees = [tree for tree in trees if not isinstance(tree, exp.Semicolon)]
    if not trees:
        raise InvalidInput(
            "query.empty", "There is no statement.", hint="For example: SELECT * FROM flight_ops.flights LIMIT 10"
        )
    if len(trees) > 1:
        raise refuse(f"be {len(trees)} statements; write one", text, trees[1])
    tree = trees[0]
    check(tree, text)
    places, columns = slots(tree, text)
    return Statement(
        text=text,
        tree=tree,
        names=tuple(NamedTable.of(table, text) for table in product_tables(tree)),
        parameters=tuple(dict.fromkeys(_parameter(node, text) for node in tree.find_all(exp.Placeholder))),
        places=places,
        columns=columns,
        limited=not isinstance(tree, (exp.Select, exp.SetOperation))
        or any(tree.args.get(part) for part in ("limit", "fetch", "offset", "sample")),
    )


def _syntax(error: ParseError | TokenError, text: str) -> MeshError:
    first = error.errors[0] if isinstance(error, ParseError) and error.errors else {}
    line, column, word = first.get("line"), first.get("col"), str(first.get("highlight") or "")
    place = None
    if isinstance(line, int) and isinstance(column, int):
        end = min(sum(len(row) + 1 for row in text.split("\n")[: line - 1]) + column, len(text))
        place = Place(text, max(0, end - max(1, len(word))), end)
    what = f'"{word}" is not expected here.' if word else "The statement is not complete, or not SQL."
    return pointing(InvalidInput, "query.syntax", what, place, hint="Look just before it.")


def _parameter(node: exp.Placeholder, text: str) -> str:
    name = node.this
    if isinstance(name, str) and name.isidentifier():
        return name
    version = ' A product version needs double quotes: "domain.product@2".' if "@" in text else ""
    raise pointing(
        InvalidInput,
        "query.parameter-without-name",
        "A parameter needs a name.",
        place_of(node, text),
        hint=f"Write $name.{version}",
    )


def _in_time_clause(node: exp.Expr) -> bool:
    return node.find_ancestor(exp.HistoricalData) is not None
