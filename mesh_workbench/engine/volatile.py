"""Whether a statement gives the same answer whenever it reads the same releases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from mesh_workbench.engine.statement import Statement

VOLATILE = frozenset(
    """
age ago current_date current_localtime current_localtimestamp current_time current_timestamp error gen_random_uuid
get_current_time get_current_timestamp localtime localtimestamp now rand random reservoir_quantile today
transaction_timestamp uuid uuidv4 uuidv7
""".split()
)
"""Functions of time and chance among those that are allowed."""


def lasting(statement: Statement) -> bool:
    """Whether time and chance have no part in the answer. When to read does not count: it is resolved to releases."""
    return not any(_volatile(node) and not node.find_ancestor(exp.HistoricalData) for node in statement.tree.walk())


def _volatile(node: exp.Expr) -> bool:
    if isinstance(node, exp.TableSample):
        return True
    if isinstance(node, (exp.Anonymous, exp.AnonymousAggFunc)):
        return str(node.name or node.this).lower() in VOLATILE
    return isinstance(node, exp.Func) and any(str(name).lower() in VOLATILE for name in type(node).sql_names())
