"""What stands in FROM: products, common tables, subqueries, functions, values, joins and pivots."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlglot import exp

from mesh_workbench.engine.lineage.scope import Scope, Source
from mesh_workbench.engine.lineage.traced import NOTHING, Parts, Traced, TracedColumn, merged, through
from mesh_workbench.engine.lineage.values import value
from mesh_workbench.engine.names import last_name, written_name
from mesh_workbench.model.lineage import Confidence, Transformation


def take_in(select: exp.Expr, scope: Scope) -> None:
    """Fill the sources of `scope` with what the FROM of a SELECT names, and its influences with how it is joined."""
    begin = select.args.get("from_")
    if begin is not None:
        _add(begin.this, scope)
    for lateral in select.args.get("laterals") or []:
        _add(lateral, scope)
    _join(select.args.get("joins") or [], scope)


def _add(node: exp.Expr, scope: Scope) -> None:
    sources = [_pivoted(source, node, scope) for source in _of(node, scope)]
    for source in sources:
        scope.influences.append(source.traced.influences)
    scope.sources += sources
    if isinstance(node, exp.Table):
        _join(node.args.get("joins") or [], scope)


def _of(node: exp.Expr, scope: Scope) -> Iterator[Source]:
    alias, names = node.alias.lower(), list(node.alias_column_names)
    match node:
        case exp.Table() if isinstance(node.this, exp.Identifier):
            traced = scope.products.get(id(node)) or scope.common.get(node.name.lower()) or Traced(open=True)
            called = {alias} if alias else {last_name(node), written_name(node).lower()}
            yield Source(frozenset(called), traced.renamed(names))
        case exp.Subquery() if isinstance(node.this, (exp.Table, exp.Subquery)) and not alias:
            inner = Scope(scope.query, scope.products, scope.common, scope.parent)  # parentheses around joins
            _add(node.this, inner)
            _join(node.args.get("joins") or [], inner)
            scope.influences += inner.influences
            yield from (replace(source, traced=replace(source.traced, influences=NOTHING)) for source in inner.sources)
        case exp.Subquery() | exp.Query() | exp.Values():
            yield Source(frozenset({alias} if alias else ()), scope.query(node, scope).renamed(names))
        case exp.Lateral() if isinstance(node.this, exp.Subquery):
            yield Source(frozenset({alias}), scope.query(node.this, scope).renamed(names))
        case _:
            yield _function(node, alias, names, scope)


def _function(node: exp.Expr, alias: str, names: Sequence[str], scope: Scope) -> Source:
    """A function that gives rows: its columns are made from whatever it is called with."""
    called = node.this if isinstance(node, (exp.Table, exp.Lateral)) else node
    parts = through(merged(value(child, scope) for child in called.iter_expressions()), Transformation.EXPRESSION)
    scope.influences.append(_indirect(parts))
    made = tuple(TracedColumn(name, parts) for name in (names or [alias or "unnest"]))
    return Source(frozenset({alias} if alias else ()), Traced(made, {}, parts, open=True))


def _join(joins: Sequence[exp.Expr], scope: Scope) -> None:
    for join in joins:
        before = len(scope.sources)
        _add(join.this, scope)
        left, right = scope.sources[:before], scope.sources[before:]
        names = [name.name.lower() for name in join.args.get("using") or []]
        if str(join.args.get("method") or "").upper() == "NATURAL":
            have = {column.name.lower() for source in left for column in source.shown()}
            names = [
                column.name.lower() for source in right for column in source.shown() if column.name.lower() in have
            ]
        for name in names:
            _share(name, str(join.args.get("side") or "").upper(), left, right, scope)
        scope.influences.append(_indirect(value(join.args.get("on"), scope)))
        if str(join.args.get("kind") or "").upper() in ("SEMI", "ANTI"):
            del scope.sources[before:]
            scope.influences += [_indirect(source.traced.whole) for source in right]


def _share(name: str, side: str, left: Sequence[Source], right: Sequence[Source], scope: Scope) -> None:
    """A column that both sides have is shown once."""
    first = next((source for source in left if source.unqualified(name) is not None), None)
    second = next((source for source in right if source.unqualified(name) is not None), None)
    here = (first.unqualified(name) if first else _guessed(left, name)) or NOTHING
    there = (second.unqualified(name) if second else _guessed(right, name)) or NOTHING
    scope.influences.append(_indirect(merged([here, there])))
    if second is not None:
        second.hidden.add(name)
    if first is not None and side == "RIGHT":
        first.shared[name] = there
    elif first is not None and side == "FULL":
        first.shared[name] = through(merged([here, there]), Transformation.EXPRESSION)


def _guessed(sources: Sequence[Source], name: str) -> Parts:
    return merged(
        through(source.traced.guessed(name), Transformation.IDENTITY, Confidence.LIKELY)
        for source in sources
        if source.traced.open
    )


def _pivoted(source: Source, node: exp.Expr, scope: Scope) -> Source:
    for pivot in node.args.get("pivots") or []:
        traced = _unpivot(pivot, source) if pivot.args.get("unpivot") else _pivot(pivot, source, scope)
        called = {pivot.alias.lower()} if pivot.alias else source.called
        source = Source(frozenset(called), traced.renamed([name.name for name in _alias_columns(pivot)]))
    return source


def _alias_columns(pivot: exp.Expr) -> list[exp.Expr]:
    alias = pivot.args.get("alias")
    return list(alias.args.get("columns") or []) if isinstance(alias, exp.TableAlias) else []


def _pivot(pivot: exp.Expr, source: Source, scope: Scope) -> Traced:
    place = replace(scope.inner(), sources=[source])
    fields = [field for field in pivot.args.get("fields") or [] if isinstance(field, exp.In)]
    deciding = merged(value(field.this, place) for field in fields)
    computed = merged(value(expression, place) for expression in pivot.expressions)
    group = pivot.args.get("group")
    if group is not None:
        kept = [TracedColumn(column.name, value(column, place)) for column in group.expressions]
    else:
        used = {column.name.lower() for part in (*pivot.expressions, *fields) for column in part.find_all(exp.Column)}
        kept = [column for column in source.traced.columns if column.name.lower() not in used]
    made = through(merged([computed, deciding]), Transformation.AGGREGATE)
    names = [column.name for column in pivot.args.get("columns") or []]
    by = merged([deciding, *(column.parts for column in kept)])
    return Traced(
        columns=(*kept, *(TracedColumn(name, made) for name in names)),
        influences=merged([source.traced.influences, _indirect(by)]),
        whole=source.traced.whole,
        open=source.traced.open or not names,
    )


def _unpivot(pivot: exp.Expr, source: Source) -> Traced:
    fields = [field for field in pivot.args.get("fields") or [] if isinstance(field, exp.In)]
    listed = [column for field in fields for value in field.expressions for column in value.find_all(exp.Column)]
    gone = {column.name.lower() for column in listed}
    kept = [column for column in source.traced.columns if column.name.lower() not in gone]
    parts = merged(source.traced.named(name) or source.traced.guessed(name) for name in sorted(gone))
    made = [TracedColumn(field.this.name, NOTHING) for field in fields]
    made += [TracedColumn(name.name, through(parts, Transformation.EXPRESSION)) for name in pivot.expressions]
    influences = merged([source.traced.influences, _indirect(parts)])  # rows without a value are left out
    return Traced((*kept, *made), influences, source.traced.whole, open=source.traced.open)


def _indirect(parts: Parts) -> Parts:
    return through(parts, Transformation.INDIRECT)
