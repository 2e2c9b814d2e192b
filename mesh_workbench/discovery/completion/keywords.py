"""Keywords of SQL that can come next, in the case in which one types."""

from __future__ import annotations

from mesh_workbench.discovery.completion.match import matching
from mesh_workbench.engine.draft.position import Expected, Position

_BEGIN = ("SELECT", "WITH", "FROM", "VALUES")
_VALUES = (
    *"""FROM WHERE AS CASE WHEN THEN ELSE END AND OR NOT IN BETWEEN LIKE ILIKE IS NULL TRUE FALSE DISTINCT EXISTS CAST
    INTERVAL DATE TIMESTAMP OVER FILTER EXCLUDE REPLACE JOIN ON USING UNION INTERSECT EXCEPT LIMIT OFFSET HAVING QUALIFY
    ASC DESC NULLS""".split(),
    "GROUP BY",
    "ORDER BY",
    "PARTITION BY",
    "UNION ALL",
)
_BEHIND = (
    "WHERE",
    "JOIN",
    "LEFT JOIN",
    "ASOF JOIN",
    "CROSS JOIN",
    "ON",
    "USING",
    "AS",
    "AT",
    "GROUP BY",
    "HAVING",
    "QUALIFY",
    "ORDER BY",
    "LIMIT",
    "SELECT",
    "UNION ALL",
)
_TIMES = ("VERSION => ", "TIMESTAMP => ")
_WORDS: dict[Expected, tuple[str, ...]] = {
    "statement": _BEGIN,
    "value": _VALUES,
    "behind_relation": _BEHIND,
    "time": _TIMES,
}


def keywords_for(position: Position) -> list[str]:
    """Keywords that fit; of those in an expression only what begins with what is typed."""
    if position.expected == "value" and not position.prefix:
        return []
    found = [
        word
        for word in matching(position.prefix, _WORDS.get(position.expected, ()), str)
        if word.lower().startswith(position.prefix.lower())
    ]
    lower = bool(position.prefix) and position.prefix.islower()
    return [word.lower() for word in found] if lower else found
