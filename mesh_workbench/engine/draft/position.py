"""What is expected where the cursor stands in a statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from mesh_workbench.engine.draft.scope import CLAUSES, JOINS, Known, Scope, path_to, read_name, scope_at
from mesh_workbench.engine.draft.tokens import Group, Item, Token, groups_of, in_comment, tokens_of

Expected = Literal[
    "nothing", "statement", "relation", "behind_relation", "value", "column", "variable", "version", "time", "release"
]
_EXPRESSIONS = frozenset(
    """SELECT DISTINCT WHERE ON HAVING QUALIFY BY LIMIT OFFSET WHEN THEN ELSE CASE AND OR NOT IN VALUES SET BETWEEN LIKE
    ILIKE FILTER OVER ALL""".split()
)


@dataclass(frozen=True)
class Position:
    """What is expected from `start` to the cursor, where `prefix` stands so far behind `path` and a dot.

    `product` is the name to whose releases or versions it belongs; `quoted` says that the name stands in open quotes.
    """

    expected: Expected
    start: int
    prefix: str = ""
    path: tuple[str, ...] = ()
    product: str = ""
    quoted: bool = False
    scope: Scope = field(default_factory=lambda: Scope((), {}))


def position_at(text: str, place: int, known: Known) -> Position:
    """What is expected at `place` of `text`."""
    if in_comment(text, place):
        return Position("nothing", place)
    tokens = tokens_of(text)
    current = next((token for token in tokens if token.start < place <= token.end), None)
    if current is not None and (current.sort == "number" or (current.sort == "string" and _inside(current, place))):
        return Position("nothing", place)
    if current is not None and current.sort == "variable":
        return Position("variable", current.start, text[current.start : place])
    root = groups_of(tokens)
    if current is not None and current.sort == "quoted" and not _inside(current, place):
        return Position("nothing", place)
    typed = current if current is not None and current.sort in ("word", "quoted") else None
    start = typed.start if typed else place
    group = path_to(root, max(start, 0) if typed is None else start)[-1] if typed else path_to(root, place)[-1]
    before = [item for item in group.items if item.start < start]
    path, before = _path(before)
    scope = scope_at(root, place, known)
    prefix = text[start:place]
    quoted = typed is not None and typed.sort == "quoted"
    found = _expected(root, group, before)
    if quoted:
        prefix = prefix[1:]
        if found.expected == "relation" and "@" in prefix:
            name, _, version = prefix.partition("@")
            return Position("version", place - len(version), version, product=name, quoted=True, scope=scope)
        if found.expected == "relation":
            *path, prefix = prefix.split(".")
    return Position(found.expected, place - len(prefix), prefix, tuple(path), found.product, quoted, scope)


def _inside(token: Token, place: int) -> bool:
    return place < token.end or not token.closed


def _path(before: list[Item]) -> tuple[list[str], list[Item]]:
    """The names that a dot joins to what is typed, and what stands before them."""
    path: list[str] = []
    while len(before) >= 2 and before[-1].keyword == ".":
        name = before[-2]
        if not isinstance(name, Token) or not name.name:
            break
        path.insert(0, name.name)
        before = before[:-2]
    return path, before


@dataclass(frozen=True)
class _Found:
    expected: Expected
    product: str = ""


def _expected(root: Group, group: Group, before: Sequence[Item]) -> _Found:
    if group is not root:
        around = path_to(root, group.start)[-1] if group.start > 0 else root
        outer = [item for item in around.items if item.start < group.start]
        opener = outer[-1].keyword if outer else ""
        if opener == "AT":
            product = _name_before(outer[:-1])
            if any(item.keyword == "VERSION" for item in before) and any(item.keyword == "=>" for item in before):
                return _Found("release", product)
            return _Found("value" if any(item.keyword == "=>" for item in before) else "time", product)
        if opener == "USING" or (opener in ("EXCLUDE", "REPLACE") and len(outer) > 1):
            return _Found("column")
        if not before:
            return _Found(_opening(outer))
        if before[0].keyword not in ("SELECT", "WITH", "FROM"):
            return _Found("value")
    return _clause(before)


def _opening(outer: Sequence[Item]) -> Expected:
    """What a parenthesis begins that stands behind `outer`."""
    state = _clause(outer).expected
    if outer and outer[-1].keyword in ("AS", "MATERIALIZED", "FROM", "JOIN"):
        return "statement"
    return "statement" if state in ("relation", "statement") else "value"


def _clause(before: Sequence[Item]) -> _Found:
    """What is expected behind `before` at the level of a SELECT."""
    state: Expected = "statement"
    product = ""
    index = 0
    listing = ""
    while index < len(before):
        item = before[index]
        word = item.keyword
        if word in ("FROM", "JOIN"):
            state, listing = "relation", "FROM"
        elif word in ("UNION", "INTERSECT", "EXCEPT", "WITH"):
            state, listing = "statement", ""
        elif word in ("LIMIT", "OFFSET"):
            state, listing = "value", ""
        elif word in _EXPRESSIONS or word in CLAUSES:
            state, listing = "value", "" if word in CLAUSES else listing
        elif word in JOINS and listing == "FROM":
            state = "behind_relation"
        elif word == "," and listing == "FROM":
            state = "relation"
        elif state == "relation":
            product, index, _ = read_name(before, index)
            state = "behind_relation"
            if index < len(before) and isinstance(before[index], Group) and product:
                index += 1
            continue
        elif state == "behind_relation" and word == "AS":
            state = "nothing"
        elif state == "nothing":
            state = "behind_relation"
        elif word == "AS" and state == "value":
            state = "nothing"
        index += 1
    if state == "nothing" and before[-1].keyword != "AS":
        state = "value"
    return _Found(state, product)


def _name_before(outer: Sequence[Item]) -> str:
    """The dotted name in which `outer` ends."""
    parts: list[str] = []
    index = len(outer) - 1
    while index >= 0:
        item = outer[index]
        if not isinstance(item, Token) or not item.name:
            break
        parts.insert(0, item.name)
        if index == 0 or outer[index - 1].keyword != ".":
            break
        index -= 2
    return ".".join(parts)
