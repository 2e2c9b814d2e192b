"""What a statement reads, as far as it is written: names behind FROM with their aliases, and the columns they give.

Columns of products and frames come from who asks; those of common table expressions and subqueries are made out here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from mesh_workbench.engine.draft.tokens import Group, Item, Token, split

CLAUSES = frozenset(
    """FROM WHERE GROUP HAVING QUALIFY ORDER LIMIT OFFSET WINDOW UNION INTERSECT EXCEPT SELECT WITH FETCH SAMPLE USING
    ON""".split()
)
JOINS = frozenset("JOIN INNER LEFT RIGHT FULL OUTER CROSS NATURAL ASOF POSITIONAL SEMI ANTI LATERAL".split())
_NOT_ALIASES = CLAUSES | JOINS | {"AS", "AT", "TABLESAMPLE", "PIVOT", "UNPIVOT", ",", ";"}
_SETS = ("UNION", "INTERSECT", "EXCEPT")
_OPERATORS = frozenset("AND OR NOT IN LIKE ILIKE IS BETWEEN DISTINCT CASE WHEN THEN ELSE INTERVAL".split())
_VALUES = frozenset("NULL TRUE FALSE END".split())


@dataclass(frozen=True)
class Field:
    """A column that can be named. `of` and `column` say from which product's column it is, unchanged, if from any."""

    name: str
    type: str = ""
    of: str = ""
    column: str = ""


@dataclass(frozen=True)
class Source:
    """Something behind FROM. `reference` is the name as written, empty for a subquery; `alias` is what columns say."""

    alias: str
    reference: str
    fields: tuple[Field, ...]
    start: int
    end: int


Known = Callable[[str], Sequence[Field]]
"""The columns of a product or frame by its name as written; none for what is not known."""
Common = Mapping[str, tuple[Field, ...]]


@dataclass(frozen=True)
class Scope:
    """What can be named at a place: the sources around it, the nearest first, and common table expressions."""

    sources: tuple[Source, ...]
    common: Common

    def called(self, alias: str) -> Source | None:
        """The nearest source that columns call so."""
        return next((one for one in self.sources if one.alias.lower() == alias.lower()), None)


def scope_at(root: Group, place: int, known: Known) -> Scope:
    """What can be named at `place` of the statement."""
    common: dict[str, tuple[Field, ...]] = {}
    sources: list[Source] = []
    for group in path_to(root, place):
        part = _part_at(group.items, place)
        common.update(_common(group.items, known, common, before=place))
        sources = [*_sources(part, known, common), *sources]
    return Scope(tuple(sources), common)


def path_to(root: Group, place: int) -> list[Group]:
    """The groups around `place`, the outermost first."""
    path = [root]
    while True:
        inner = next((item for item in path[-1].items if isinstance(item, Group) and item.holds(place)), None)
        if inner is None:
            return path
        path.append(inner)


def _part_at(items: Sequence[Item], place: int) -> list[Item]:
    """The SELECT around `place` of several that a set operation joins."""
    parts = list(split(items, *_SETS))
    begun = [part for part in parts if part and part[0].start <= place]
    if not begun:
        return parts[0]
    last = parts.index(begun[-1])
    following = items[sum(len(part) + 1 for part in parts[: last + 1]) - 1 :]
    after_keyword = following and following[0].start < place and last + 1 < len(parts)
    return parts[last + 1] if after_keyword else begun[-1]


def _common(items: Sequence[Item], known: Known, outer: Common, *, before: int | None = None) -> Common:
    """Common table expressions that the group defines; of those behind `before`, none."""
    found: dict[str, tuple[Field, ...]] = {}
    if not items or items[0].keyword != "WITH":
        return found
    rest = list(items[1:])
    index = 0
    while index < len(rest):
        item = rest[index]
        if item.keyword in ("SELECT", "FROM"):
            break
        name = item.name if isinstance(item, Token) else ""
        follows = rest[index + 1] if index + 1 < len(rest) else None
        if name and (isinstance(follows, Group) or (follows is not None and follows.keyword == "AS")):
            names = _names(follows) if isinstance(follows, Group) else []
            body = next((one for one in rest[index + 1 + bool(names) :] if isinstance(one, Group)), None)
            if body is not None:
                inside = before is not None and body.holds(before)
                if not inside:
                    found[name.lower()] = _renamed(_output(body.items, known, {**outer, **found}), names)
                index = rest.index(body)
        index += 1
    return found


def _sources(items: Sequence[Item], known: Known, common: Common) -> list[Source]:
    found = []
    index, expecting = 0, False
    while index < len(items):
        item = items[index]
        if item.keyword == "FROM" or item.keyword == "JOIN":
            expecting = True
        elif item.keyword in CLAUSES:
            expecting = False
        elif expecting and item.keyword not in JOINS and item.keyword != ",":
            source, index = _source(items, index, known, common)
            found += source
            expecting = index < len(items) and items[index].keyword == ","
            continue
        elif item.keyword == "," and found and not _selecting(items, index):
            expecting = True
        index += 1
    return found


def _selecting(items: Sequence[Item], index: int) -> bool:
    """Whether the comma at `index` is none of a list behind FROM."""
    for item in reversed(items[:index]):
        if item.keyword in CLAUSES:
            return item.keyword != "FROM"
    return True


def _source(items: Sequence[Item], index: int, known: Known, common: Common) -> tuple[list[Source], int]:
    first = items[index]
    start, reference = first.start, ""
    fields: tuple[Field, ...] = ()
    inner: list[Source] = []
    if isinstance(first, Group):
        index += 1
        if first.items and first.items[0].keyword not in ("SELECT", "FROM", "WITH", "VALUES"):
            inner = _sources([Token("word", "FROM", first.start, first.start), *first.items], known, common)
        else:
            fields = _output(first.items, known, common)
        end = first.end or first.start + 1
    else:
        reference, index, end = read_name(items, index)
        if index < len(items) and isinstance(items[index], Group):  # a table function
            reference, end, index = "", items[index].end or end, index + 1
        elif reference:
            own = "." not in reference
            fields = common[reference.lower()] if own and reference.lower() in common else tuple(known(reference))
    alias = reference.partition("@")[0].rpartition(".")[2]
    at = items[index : index + 2]
    if len(at) == 2 and at[0].keyword == "AT" and isinstance(at[1], Group):
        index += 2
    if index < len(items) and items[index].keyword == "AS":
        index += 1
    word = items[index] if index < len(items) else None
    if isinstance(word, Token) and word.name and (word.sort == "quoted" or word.keyword not in _NOT_ALIASES):
        alias, end, index = word.name, word.end, index + 1
        if index < len(items) and isinstance(items[index], Group):
            fields = _renamed(fields, _names(items[index]))
            index += 1
    if inner:
        return inner, max(index, 1)
    return ([Source(alias, reference, fields, start, end)] if alias else []), index if index else 1


def read_name(items: Sequence[Item], index: int) -> tuple[str, int, int]:
    """The dotted name that begins at `index`, the index behind it, and where it ends in the text."""
    parts: list[str] = []
    end = items[index].end or items[index].start
    while index < len(items):
        item = items[index]
        if not isinstance(item, Token) or not item.name:
            break
        parts.append(item.name)
        end, index = item.end, index + 1
        if index < len(items) and items[index].keyword == ".":
            index += 1
        else:
            break
    if not parts:
        index += 1
    return ".".join(parts), index, end


def _output(items: Sequence[Item], known: Known, outer: Common) -> tuple[Field, ...]:
    """The columns that a SELECT gives, as far as they have names."""
    common = {**outer, **_common(items, known, outer)}
    first = next(iter(split(items, *_SETS)))
    sources = _sources(first, known, common)
    begin = next((place for place, item in enumerate(first) if item.keyword == "SELECT"), None)
    if begin is None:
        return tuple(field for source in sources for field in source.fields)
    listed = first[begin + 1 :]
    stop = next((place for place, item in enumerate(listed) if item.keyword in CLAUSES), len(listed))
    found: list[Field] = []
    for part in split(listed[:stop], ","):
        found += _selected([item for item in part if item.keyword not in ("DISTINCT", "ALL")], sources)
    return tuple({field.name.lower(): field for field in reversed(found)}.values())[::-1]


def _selected(part: list[Item], sources: Sequence[Source]) -> Iterator[Field]:
    if not part:
        return
    star = next((place for place, item in enumerate(part[:3]) if item.keyword == "*"), None)
    if star is not None and star in (0, 2):
        first = part[0]
        alias = first.name if star == 2 and isinstance(first, Token) else ""
        without = {name.lower() for name in _excluded(part[star + 1 :])}
        for source in sources:
            if not alias or source.alias.lower() == alias.lower():
                yield from (field for field in source.fields if field.name.lower() not in without)
        return
    last = part[-1]
    if not isinstance(last, Token) or not last.name:
        return
    path, behind, _ = read_name(part, 0)
    if behind == len(part):
        yield _origin(path, sources)
    elif _names_what_is_before(part):
        plain = part[behind].keyword == "AS" or behind == len(part) - 1
        yield replace(_origin(path, sources) if plain else Field(""), name=last.name)


def _names_what_is_before(part: list[Item]) -> bool:
    """Whether the last word of an expression is its alias."""
    last, before = part[-1], part[-2]
    if before.keyword == "AS":
        return True
    operator = isinstance(before, Token) and (before.sort == "sign" or before.keyword in _OPERATORS)
    return not operator and last.keyword not in _VALUES


def _origin(path: str, sources: Sequence[Source]) -> Field:
    alias, _, name = path.rpartition(".")
    for source in sources:
        if not alias or source.alias.lower() == alias.lower() or source.reference.lower() == alias.lower():
            for field in source.fields:
                if field.name.lower() == name.lower():
                    return field
    return Field(name)


def _excluded(items: Sequence[Item]) -> list[str]:
    if not items or items[0].keyword != "EXCLUDE":
        return []
    follows = items[1] if len(items) > 1 else None
    return _names(follows) if isinstance(follows, Group) else [follows.name] if isinstance(follows, Token) else []


def _names(group: Item | None) -> list[str]:
    items = group.items if isinstance(group, Group) else []
    return [item.name for item in items if isinstance(item, Token) and item.name]


def _renamed(fields: tuple[Field, ...], names: Sequence[str]) -> tuple[Field, ...]:
    """The first fields under other names."""
    known = [replace(field, name=name) for field, name in zip(fields, names, strict=False)]
    return (*known, *(Field(name) for name in names[len(fields) :]), *fields[len(names) :])
