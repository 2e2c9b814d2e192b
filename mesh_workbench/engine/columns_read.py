"""Which columns of each product a statement reads, as far as its text shows.

Rather one too many than one too few: whoever changes a column asks who reads it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sqlglot import exp

from mesh_workbench.engine.arrow_text import decode_schema
from mesh_workbench.engine.local import Frame
from mesh_workbench.engine.names import last_name, product_tables, written_name

if TYPE_CHECKING:
    from mesh_workbench.engine.statement import Statement
    from mesh_workbench.model.query import ResolvedPort


@functools.lru_cache(maxsize=256)
def columns_read(statement: Statement, known: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...] | None, ...]:
    """For each product name of the statement the columns it reads, in the order of `known`; None for all of them.

    `known` are the columns that each of them has. A column that no table is named for counts for all that have it.
    """
    tree = statement.tree
    mentioned = list(_mentioned(tree))
    return tuple(
        None if _all(tree, table) else _of(table, columns, mentioned)
        for table, columns in zip(product_tables(tree), known, strict=True)
    )


def columns_of(statement: Statement, sources: Sequence[ResolvedPort | Frame]) -> tuple[tuple[str, ...] | None, ...]:
    """For each product name of the statement the columns it reads of its source; None for all of them."""
    known = tuple(
        tuple(one.table.column_names if isinstance(one, Frame) else decode_schema(one.arrow_schema).names)
        for one in sources
    )
    return columns_read(statement, known)


def _mentioned(tree: exp.Expr) -> Iterator[tuple[str, str]]:
    """Qualifier, which may be empty, and name of every column in the text."""
    for column in tree.find_all(exp.Column):
        parts = [part.name.lower() for part in column.parts]
        for length in range(1, len(parts) + 1):  # `a.b` may be a column of a table, or a field of a column
            yield ".".join(parts[: length - 1]), parts[length - 1]
    for join in tree.find_all(exp.Join):
        for shared in join.args.get("using") or []:
            yield "", shared.name.lower()


def _of(table: exp.Table, columns: Sequence[str], mentioned: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    called = _called(table)
    names = {name for qualifier, name in mentioned if not qualifier or qualifier in called}
    return tuple(column for column in columns if column.lower() in names)


def _called(table: exp.Table) -> set[str]:
    """What columns may call the table."""
    return {table.alias.lower()} if table.alias else {last_name(table), written_name(table).lower()}


def _all(tree: exp.Expr, table: exp.Table) -> bool:
    """Whether a star, a natural join or the row itself takes in every column of the table."""
    called = _called(table)
    around = table.parent_select
    for star in tree.find_all(exp.Star):
        if isinstance(star.parent, exp.Column):
            if star.parent.table.lower() in called:
                return True
        elif not isinstance(star.parent, exp.Count) and star.parent_select is around:
            return True
    if any(column.name.lower() in called and not column.table for column in tree.find_all(exp.Column)):
        return True
    if any("COLUMNS" in type(node).__name__.upper() for node in tree.find_all(exp.Func)):
        return True
    return any(str(join.args.get("method") or "").upper() == "NATURAL" for join in tree.find_all(exp.Join))
