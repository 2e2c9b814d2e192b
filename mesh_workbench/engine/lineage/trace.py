"""From what each column of a query is made, and what decides which rows there are."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from mesh_workbench.engine.lineage.scope import Scope
from mesh_workbench.engine.lineage.sources import take_in
from mesh_workbench.engine.lineage.traced import NOTHING, Parts, Traced, TracedColumn, merged, through
from mesh_workbench.engine.lineage.values import aggregates, value
from mesh_workbench.engine.names import product_tables
from mesh_workbench.model.lineage import Confidence, Transformation

if TYPE_CHECKING:
    from mesh_workbench.engine.statement import Statement

_ROUNDS = 10
"""A recursive table is traced until nothing new comes, which takes as many rounds as it has columns at most."""


def trace(statement: Statement, inputs: Sequence[Traced]) -> Traced:
    """The result of `statement`, whose n-th name is the n-th of `inputs`.

    Everything that the statement reads is in the answer, if only as a whole.
    """
    products = dict(zip(map(id, product_tables(statement.tree)), inputs, strict=True))
    try:
        found = _query(statement.tree, Scope(_inside, products))
    except RecursionError:  # parsed, and yet too deep to follow
        found = Traced(open=True)
    whole = merged(one.whole for one in inputs)
    mentioned = {port for column in found.columns for port, _ in column.parts} | {port for port, _ in found.influences}
    rest = {key: way for key, way in whole.items() if key[0] not in mentioned}
    return replace(
        found,
        influences=merged([*(one.influences for one in inputs), found.influences, _indirect(rest)]),
        whole=whole,
        port="",
    )


def _inside(node: exp.Expr, scope: Scope) -> Traced:
    return _query(node, scope.inner())


def _query(node: exp.Expr, scope: Scope) -> Traced:
    with_ = node.args.get("with_")
    if with_ is not None:
        scope = replace(scope, common=_common(with_, scope))
    match node:
        case exp.Subquery():
            inner = _query(node.this, replace(scope, sources=[], influences=[]))
            return _cut(node, _ordered_by_columns(node, inner, scope))
        case exp.SetOperation():
            return _ordered_by_columns(node, _both(node, scope), scope)
        case exp.Values():
            return _values(node, scope)
        case exp.Select():
            return _select(node, scope)
        case _:
            take_in(exp.Select(from_=exp.From(this=node.copy())), scope)
            return Traced(tuple(scope.shown()), merged(scope.influences), scope.whole(), open=True)


def _cut(node: exp.Expr, traced: Traced) -> Traced:
    alias = node.alias_column_names
    return traced.renamed(alias) if alias else traced


def _common(with_: exp.Expr, scope: Scope) -> Mapping[str, Traced]:
    """What the common tables of a WITH are, each seen by the next."""
    known = dict(scope.common)
    for common in with_.expressions:
        name, names = common.alias.lower(), common.alias_column_names
        place = replace(scope, sources=[], influences=[], items={})
        if with_.args.get("recursive") and isinstance(common.this, exp.SetOperation):
            before = _query(common.this.this, replace(place, common=known)).renamed(names)
            for _ in range(_ROUNDS):
                known[name] = before
                again = _query(common.this, replace(place, common=known, influences=[])).renamed(names)
                if again == before:
                    break
                before = again
            known[name] = before
        else:
            known[name] = _query(common.this, replace(place, common=known)).renamed(names)
    return known


def _both(node: exp.SetOperation, scope: Scope) -> Traced:
    left = _query(node.this, replace(scope, sources=[], influences=[]))
    right = _query(node.expression, replace(scope, sources=[], influences=[]))
    influences = [left.influences, right.influences]
    whole = merged([left.whole, right.whole])
    if not isinstance(node, exp.Union):  # rows of the left side, chosen by those of the right
        decided = [_indirect(left.all()), _indirect(right.all())]
        return Traced(left.columns, merged(influences + decided), left.whole, open=left.open)
    if node.args.get("distinct"):
        influences += [_indirect(left.all()), _indirect(right.all())]
    if node.args.get("by_name"):
        names = dict.fromkeys(column.name.lower() for column in (*left.columns, *right.columns))
        called = {column.name.lower(): column.name for column in (*right.columns, *left.columns)}
        columns = [
            TracedColumn(called[name], merged(side.named(name) or NOTHING for side in (left, right))) for name in names
        ]
    else:
        columns = [
            TracedColumn((one or other).name, merged(side.parts for side in (one, other) if side is not None))
            for one, other in itertools.zip_longest(_known(left, right), _known(right, left))
        ]
    return Traced(tuple(columns), merged(influences), whole, open=left.open or right.open)


def _known(side: Traced, other: Traced) -> Sequence[TracedColumn]:
    """The columns of one side; where it has more than are known, the other side says how many."""
    rest = through(side.whole, Transformation.UNKNOWN, Confidence.POSSIBLE)
    return [
        *side.columns,
        *(TracedColumn(column.name, rest) for column in other.columns[len(side.columns) :] if side.open),
    ]


def _ordered_by_columns(node: exp.Expr, traced: Traced, scope: Scope) -> Traced:
    """A set operation or subquery that is ordered and cut: by its own columns."""
    if not _is_cut(node):
        return traced
    place = replace(scope, items={column.name.lower(): column.parts for column in traced.columns})
    decided = _deciding(node, [column.parts for column in traced.columns], place)
    return replace(traced, influences=merged([traced.influences, _indirect(decided)]))


def _values(node: exp.Expr, scope: Scope) -> Traced:
    rows = [row.expressions if isinstance(row, exp.Tuple) else [row] for row in node.expressions]
    width = max(map(len, rows), default=0)
    columns = tuple(
        TracedColumn(f"col{index}", merged(value(row[index], scope) for row in rows if index < len(row)))
        for index in range(width)
    )
    return Traced(columns, merged(scope.influences))


def _select(node: exp.Expr, scope: Scope) -> Traced:
    take_in(node, scope)
    scope.windows.update({window.name.lower(): window for window in node.args.get("windows") or []})
    columns: list[TracedColumn] = []
    positions: list[TracedColumn] = []
    for item in node.expressions:
        made = list(_item(item, scope))
        columns += made
        positions += made
        for column in made:
            if isinstance(item, exp.Alias):
                scope.items.setdefault(column.name.lower(), column.parts)
    parts = [column.parts for column in positions]
    for name in ("where", "having", "qualify"):
        clause = node.args.get(name)
        scope.influences.append(_indirect(value(clause.this if clause else None, scope)))
    scope.influences.append(_indirect(_grouped(node, parts, scope)))
    distinct = node.args.get("distinct")
    if distinct is not None:
        on = distinct.args.get("on")
        scope.influences.append(_indirect(value(on, scope) if on is not None else merged(parts)))
    if _is_cut(node) or (distinct is not None and distinct.args.get("on") is not None):
        scope.influences.append(_indirect(_deciding(node, parts, scope)))
    opened = any(_opens(item, scope) for item in node.expressions)
    return Traced(tuple(columns), merged(scope.influences), scope.whole(), open=opened)


def _opens(item: exp.Expr, scope: Scope) -> bool:
    """Whether a star takes in columns that nobody knows."""
    if isinstance(item, exp.Column) and isinstance(item.this, exp.Star):
        return scope.is_open(item.table.lower())
    return isinstance(item, exp.Star) and scope.is_open()


def _item(item: exp.Expr, scope: Scope) -> Iterator[TracedColumn]:
    """The columns that an item of a SELECT gives."""
    star = item.this if isinstance(item, exp.Column) else item
    if isinstance(star, exp.Star):
        qualifier = ".".join(part.name for part in item.parts[:-1]).lower() if isinstance(item, exp.Column) else ""
        yield from _star(star, qualifier, scope)
        return
    several = next((node for node in item.find_all(exp.Columns) if node.parent_select is item.parent_select), None)
    if several is not None and not several.args.get("unpack"):
        yield from _each(item, several, scope)
        return
    yield TracedColumn(_name(item), value(item, scope))


def _star(star: exp.Expr, qualifier: str, scope: Scope) -> Iterator[TracedColumn]:
    gone = {column.name.lower() for column in star.args.get("except_") or []}
    made = {alias.alias.lower(): alias.this for alias in star.args.get("replace") or []}
    called = {alias.this.name.lower(): alias.alias for alias in star.args.get("rename") or []}
    for column in scope.shown(qualifier):
        name = column.name.lower()
        if name in made:
            yield TracedColumn(column.name, value(made[name], scope))
        elif name not in gone:
            yield TracedColumn(called.get(name, column.name), column.parts)


def _each(item: exp.Expr, several: exp.Expr, scope: Scope) -> Iterator[TracedColumn]:
    """The columns of an item with COLUMNS(…): one for each column that it means."""
    chosen = several.this
    if isinstance(chosen, exp.Star):
        meant = list(_star(chosen, "", scope))
    elif isinstance(chosen, exp.Literal):
        pattern = _pattern(chosen.name)
        meant = [column for column in scope.shown() if pattern is None or pattern.search(column.name)]
    elif isinstance(chosen, (exp.Array, exp.Tuple)):
        names = {literal.name.lower() for literal in chosen.expressions}
        meant = [column for column in scope.shown() if column.name.lower() in names]
    else:
        meant = scope.shown()
    for column in meant:
        one = item.copy()
        for node in [one, *one.find_all(exp.Columns)]:
            if isinstance(node, exp.Columns):
                name = exp.column(column.name, quoted=True)
                one = name if node is one else one
                if node is not one and node.parent is not None:
                    node.replace(name)
        found = value(one, replace(scope, sources=scope.sources))
        alias = item.alias or (column.name if item is several else "")
        yield TracedColumn(alias or _name(one), found)


def _pattern(text: str) -> re.Pattern[str] | None:
    try:
        return re.compile(text)
    except re.error:
        return None


def _name(item: exp.Expr) -> str:
    if item.alias:
        return item.alias
    return item.parts[-1].name if isinstance(item, exp.Column) else item.sql("duckdb")


def _grouped(node: exp.Expr, parts: Sequence[Parts], scope: Scope) -> Parts:
    group = node.args.get("group")
    if group is None:
        return NOTHING
    if group.args.get("all"):
        return merged(part for item, part in zip(node.expressions, parts, strict=False) if not aggregates(item))
    return merged(_by(expression, parts, scope) for expression in group.iter_expressions())


def _is_cut(node: exp.Expr) -> bool:
    """Whether only some rows are kept, so that their order decides which."""
    return any(node.args.get(name) for name in ("limit", "offset", "fetch"))


def _deciding(node: exp.Expr, parts: Sequence[Parts], scope: Scope) -> Parts:
    order = node.args.get("order")
    by = [_by(ordered.this, parts, scope, items_first=True) for ordered in (order.expressions if order else [])]
    limits = [node.args[name].expression for name in ("limit", "offset") if node.args.get(name)]
    return merged([*by, *(value(limit, scope) for limit in limits if isinstance(limit, exp.Expr))])


def _by(node: exp.Expr, parts: Sequence[Parts], scope: Scope, *, items_first: bool = False) -> Parts:
    """What a grouping or an order goes by: an item's number, all items, or an expression."""
    if isinstance(node, exp.Literal) and not node.is_string and node.name.isdigit():
        index = int(node.name) - 1
        return parts[index] if index < len(parts) else NOTHING
    if isinstance(node, exp.Var) and node.name.upper() == "ALL":
        return merged(parts)
    return value(node, scope, items_first=items_first)


def _indirect(parts: Parts) -> Parts:
    return through(parts, Transformation.INDIRECT)
