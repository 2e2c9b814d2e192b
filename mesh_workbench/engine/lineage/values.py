"""From what an expression is made."""

from __future__ import annotations

from sqlglot import exp

from mesh_workbench.engine.lineage.scope import Scope
from mesh_workbench.engine.lineage.traced import NOTHING, Parts, Way, merged, through
from mesh_workbench.model.lineage import Transformation

_AGGREGATES = frozenset(
    """
approx_top_k arbitrary argmax argmin bitstring_agg entropy favg fsum geometric_mean geomean group_concat histogram
histogram_exact kahan_sum kurtosis kurtosis_pop list listagg mad max_by min_by mode nullif_agg product
reservoir_quantile sem skewness sumkahan weighted_avg wavg any_value quantile quantile_cont quantile_disc
""".split()
)
"""Aggregates that the parser takes for ordinary functions."""


def value(node: exp.Expr | None, scope: Scope, *, items_first: bool = False) -> Parts:
    """The parts of `node` at a place. `items_first`: names of items count before columns, as in ORDER BY."""
    match node:
        case None | exp.Literal() | exp.Placeholder() | exp.DataType():
            return NOTHING
        case exp.Column():
            if isinstance(node.this, exp.Star):
                return _all_of(node.table.lower(), scope)
            return scope.look_up([part.name for part in node.parts], items_first=items_first)
        case exp.Star() | exp.Columns():
            return through(scope.everything(), Transformation.EXPRESSION)
        case exp.Alias() | exp.Paren() | exp.Ordered() | exp.Collate():
            return value(node.this, scope, items_first=items_first)
        case exp.Cast():
            return through(value(node.this, scope, items_first=items_first), Transformation.CAST)
        case exp.Window():
            return _window(node, scope)
        case exp.Exists():
            return _rows_of(node.this, scope)
        case exp.Subquery() | exp.Query():
            return _subquery(node, scope)
        case exp.Lambda():
            names = [parameter.name for parameter in node.expressions]
            return through(value(node.this, scope.binding(names)), Transformation.EXPRESSION)
        case exp.Comprehension():
            variables = [node.expression, node.args.get("position")]
            inside = scope.binding(variable.name for variable in variables if variable is not None)
            looped = value(node.args.get("iterator"), scope)
            made = [value(node.this, inside), value(node.args.get("condition"), inside)]
            return through(merged([looped, *made]), Transformation.EXPRESSION)
    if is_aggregate(node):
        return _or_rows(_parts_of(node, scope, items_first), scope, Transformation.AGGREGATE)
    return through(_parts_of(node, scope, items_first), Transformation.EXPRESSION)


def is_aggregate(node: exp.Expr) -> bool:
    if isinstance(node, (exp.AggFunc, exp.AnonymousAggFunc)):
        return True
    if isinstance(node, (exp.Filter, exp.WithinGroup, exp.IgnoreNulls, exp.RespectNulls)):
        return is_aggregate(node.this)
    return isinstance(node, exp.Anonymous) and node.name.lower() in _AGGREGATES


def aggregates(node: exp.Expr) -> bool:
    """Whether there is an aggregate in `node` that its own query computes; then it is no column to group by."""
    if isinstance(node, (exp.Window, exp.Query)):
        return False
    return is_aggregate(node) or any(aggregates(child) for child in node.iter_expressions())


def _parts_of(node: exp.Expr, scope: Scope, items_first: bool) -> Parts:
    if isinstance(node, exp.Count) and isinstance(node.this, exp.Star):
        return NOTHING
    if isinstance(node, (exp.PropertyEQ, exp.Kwarg)):  # name := value
        return value(node.expression, scope, items_first=items_first)
    return merged(value(child, scope, items_first=items_first) for child in node.iter_expressions())


def _or_rows(parts: Parts, scope: Scope, kind: Transformation) -> Parts:
    """The parts; the rows themselves where no column has a part, as in count(*)."""
    return through(parts or scope.whole(), kind)


def _window(node: exp.Window, scope: Scope) -> Parts:
    function = node.this
    while isinstance(function, (exp.Filter, exp.IgnoreNulls, exp.RespectNulls)):
        function = function.this
    beside = [child for child in node.iter_expressions() if child is not node.this]
    if node.this is not function:
        beside += [child for child in node.this.iter_expressions() if child is not function]
    named = scope.windows.get(node.alias.lower()) if node.alias else None
    parts = [_parts_of(function, scope, False)] if isinstance(function, exp.Expr) else []
    parts += [value(child, scope) for child in beside if not isinstance(child, exp.Identifier)]
    if named is not None:
        parts += [value(child, scope) for child in named.iter_expressions() if not isinstance(child, exp.Identifier)]
    return _or_rows(merged(parts), scope, Transformation.WINDOW)


def _subquery(node: exp.Expr, scope: Scope) -> Parts:
    inner = scope.query(node, scope)
    scope.influences.append(inner.influences)
    return inner.all()


def _rows_of(node: exp.Expr, scope: Scope) -> Parts:
    """Of a query whether it has rows."""
    inner = scope.query(node, scope)
    parts = merged([inner.whole, inner.influences])
    return {key: Way(Transformation.EXPRESSION, way.confidence) for key, way in parts.items()}


def _all_of(qualifier: str, scope: Scope) -> Parts:
    found = merged(source.traced.all() for source in scope.sources if qualifier in source.called)
    return through(found, Transformation.EXPRESSION)
