"""The first look at a statement: only what is on the list may be in its tree.

Allowed are kinds of nodes (by class), functions (by name) and table functions (by name). What is not known is
refused, so a new kind of statement in a newer parser is refused until somebody adds it here.
"""

from __future__ import annotations

import difflib

from sqlglot import exp

from mesh_workbench.engine.functions import FUNCTIONS, TABLE_FUNCTIONS, allowed
from mesh_workbench.engine.place import Place, pointing
from mesh_workbench.errors import Forbidden, MeshError

HINT = "It may read products with SELECT and compute; files, settings, catalogs and changes are out of reach."

_ROOTS = frozenset({"Select", "Union", "Intersect", "Except", "Subquery", "Values"})

_NODES = frozenset(
    """
Select Union Intersect Except Subquery Values With CTE From Join Where Group Having Qualify Order Ordered Limit Offset
Fetch LimitOptions Distinct Table TableAlias Lateral Unnest HistoricalData Pivot PivotAlias PivotAny UnpivotColumns
TableSample Tuple Identifier Column Star Alias Aliases Literal Null Boolean Placeholder DataType DataTypeParam
ColumnDef Interval IntervalSpan Var Dot Bracket Slice Paren Window WindowSpec Filter WithinGroup IgnoreNulls
RespectNulls HavingMax Lambda Kwarg PropertyEQ Cube Rollup GroupingSets AtTimeZone Comprehension RecursiveWithSearch
JSONPath JSONPathRoot JSONPathKey JSONPathSubscript JSONPathSlice JSONPathWildcard JSONPathRecursive JSONPathUnion
JSONPathSelector JSONPathFilter JSONPathScript National HexString ByteString BitString RawString UnicodeString
Add Sub Mul Div IntDiv Mod Neg Adjacent BitwiseAnd BitwiseOr BitwiseXor BitwiseNot BitwiseLeftShift BitwiseRightShift
DPipe Distance DistanceNd Between EQ NEQ GT GTE LT LTE NullSafeEQ NullSafeNEQ Is In Like ILike Glob SimilarTo Escape
Not Match Overlaps All Any ExtendsLeft ExtendsRight Operator
""".split()
)
"""Kinds of nodes by name, functions apart."""

_FUNCTIONS_BY_MEANING = frozenset(
    """
And Or Xor Cast TryCast Case If Coalesce Nullif Extract Exists Array Struct Map ToMap VarMap Columns JSONExtract
JSONExtractScalar Collate Pow RegexpLike RegexpILike CurrentDate CurrentTime CurrentTimestamp Localtime Localtimestamp
GenerateSeries Explode Unnest StrPosition Substring Trim TsOrDsToDate TsOrDsAdd DateAdd DateSub DateDiff DateTrunc
TimestampTrunc ArrayContains ArrayContainsAll ArrayOverlaps
""".split()
)
"""Functions and operators that the parser knows by meaning and not by DuckDB's name; none reaches outside."""


def check(root: exp.Expr | None, text: str) -> None:
    """Refuse the tree unless all of it is on the list.

    Raises Forbidden `query.not-allowed`, pointing at the offending word where the parser kept its place.
    """
    if root is None or type(root).__name__ not in _ROOTS:
        raise refuse("be anything but one SELECT", text, root)
    for node in root.walk():
        kind = type(node).__name__
        if kind not in _NODES:
            _check_function(node, kind, text)
        if isinstance(node, exp.Table) and not isinstance(node.this, exp.Identifier):
            _check_table_function(node, text)


def _check_function(node: exp.Expr, kind: str, text: str) -> None:
    if kind in _FUNCTIONS_BY_MEANING:
        return
    if not isinstance(node, exp.Func):
        raise refuse(f"contain {kind.upper()}", text, node)
    name = function_name(node)
    if not allowed(name) and name.lower() not in TABLE_FUNCTIONS:
        raise refuse(f"call {name.lower()}()", text, node, hint=_near(name.lower()))


def _check_table_function(node: exp.Table, text: str) -> None:
    if isinstance(node.this, (exp.GenerateSeries, exp.Unnest)):
        return
    name = function_name(node.this) if isinstance(node.this, exp.Func) else type(node.this).__name__
    if name.lower() not in TABLE_FUNCTIONS:
        raise refuse(f"read from {name}()", text, node.this)


def function_name(node: exp.Func) -> str:
    """The name by which DuckDB would be asked for the function."""
    if isinstance(node, (exp.Anonymous, exp.AnonymousAggFunc)):
        return str(node.name or node.this)
    rendered = node.sql("duckdb").partition("(")[0].strip().strip('"')
    names = [str(name).lower() for name in type(node).sql_names()]
    return next((name for name in names if allowed(name)), rendered or names[0])


def _near(name: str) -> str:
    close = difflib.get_close_matches(name, FUNCTIONS | TABLE_FUNCTIONS, n=1, cutoff=0.75)
    return f"Did you mean {close[0]}?" if close else HINT


def refuse(what: str, text: str, node: exp.Expr | None, *, hint: str = HINT) -> MeshError:
    """The error for something that is not on the list."""
    return pointing(Forbidden, "query.not-allowed", f"A query may not {what}.", place_of(node, text), hint=hint)


def place_of(node: exp.Expr | None, text: str) -> Place | None:
    """Where `node`, or the first thing in it that the parser kept a place of, stands in the text."""
    if node is None:
        return None
    for part in node.walk():
        start, end = part.meta.get("start"), part.meta.get("end")
        if isinstance(start, int) and isinstance(end, int):
            return Place(text, start, end + 1)
    return None
