"""What a name means at a place in a statement."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mesh_workbench.engine.lineage.traced import NOTHING, Parts, Traced, TracedColumn, merged, through
from mesh_workbench.model.lineage import Confidence, Transformation

if TYPE_CHECKING:
    from sqlglot import exp


@dataclass
class Source:
    """A relation in FROM, and what columns may call it."""

    called: frozenset[str]
    traced: Traced
    hidden: set[str] = field(default_factory=set)
    """Columns that a join shows once, under its left side."""
    shared: dict[str, Parts] = field(default_factory=dict)
    """Columns that a join makes of both sides."""

    def shown(self) -> Iterator[TracedColumn]:
        """What a star shows of it."""
        for column in self.traced.columns:
            name = column.name.lower()
            if name not in self.hidden:
                yield TracedColumn(column.name, self.shared.get(name, column.parts))

    def unqualified(self, name: str) -> Parts | None:
        return None if name in self.hidden else self.shared.get(name, self.traced.named(name))


@dataclass
class Scope:
    """Where names are looked up: sources, then names of items, then the query around."""

    query: Callable[[exp.Expr, Scope], Traced]
    """Traces a query inside this one."""
    products: Mapping[int, Traced]
    """What stands behind each name of the statement, by the identity of its node."""
    common: Mapping[str, Traced] = field(default_factory=dict)
    parent: Scope | None = None
    sources: list[Source] = field(default_factory=list)
    items: dict[str, Parts] = field(default_factory=dict)
    influences: list[Parts] = field(default_factory=list)
    windows: dict[str, exp.Expr] = field(default_factory=dict)
    bound: frozenset[str] = frozenset()
    """Names of lambdas and comprehensions, which are no columns."""

    def inner(self) -> Scope:
        """An empty scope for a query at this place."""
        return Scope(self.query, self.products, self.common, self)

    def binding(self, names: Iterable[str]) -> Scope:
        """The same place, where `names` are no columns."""
        return replace(self, bound=self.bound | {name.lower() for name in names})

    def whole(self) -> Parts:
        return merged(source.traced.whole for source in self.sources)

    def everything(self) -> Parts:
        return merged(source.traced.all() for source in self.sources)

    def shown(self, qualifier: str = "") -> list[TracedColumn]:
        """The columns of a star."""
        found = [source for source in self.sources if not qualifier or qualifier in source.called]
        if qualifier:
            return [column for source in found for column in source.traced.columns]
        return [column for source in found for column in source.shown()]

    def is_open(self, qualifier: str = "") -> bool:
        return any(source.traced.open for source in self.sources if not qualifier or qualifier in source.called)

    def look_up(self, parts: Sequence[str], *, items_first: bool = False) -> Parts:
        """What `a`, `t.a`, `d.p.a` or `a.field` is made from."""
        names = [part.lower() for part in parts]
        if names[0] in self.bound:
            return NOTHING
        if items_first and len(names) == 1 and names[0] in self.items:
            return self.items[names[0]]
        found = self._found(names)
        if found is not None:
            return found
        guesses = [guess for scope in self._outwards() for guess in scope._guesses(names)]
        if not guesses:
            return through(self.whole(), Transformation.UNKNOWN, Confidence.POSSIBLE)
        unsure = Confidence.LIKELY if len(guesses) == 1 else Confidence.POSSIBLE
        return merged(through(guess, Transformation.IDENTITY, unsure) for guess in guesses)

    def _outwards(self) -> Iterator[Scope]:
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.parent

    def _found(self, names: Sequence[str]) -> Parts | None:
        for scope in self._outwards():
            for length in range(len(names) - 1, 0, -1):  # t.a before a.field
                qualifier = ".".join(names[:length])
                for source in scope.sources:
                    if qualifier in source.called and (parts := source.traced.named(names[length])) is not None:
                        return _field(parts, len(names) > length + 1)
            several = [parts for source in scope.sources if (parts := source.unqualified(names[0])) is not None]
            if several:
                return _field(merged(several), len(names) > 1)
            if names[0] in scope.items:
                return _field(scope.items[names[0]], len(names) > 1)
            for source in scope.sources:
                if len(names) == 1 and names[0] in source.called and not source.traced.open:
                    return _field(source.traced.all(), True)  # the row itself
        return None

    def _guesses(self, names: Sequence[str]) -> Iterator[Parts]:
        qualified = [
            (source, length)
            for length in range(len(names) - 1, 0, -1)
            for source in self.sources
            if source.traced.open and ".".join(names[:length]) in source.called
        ]
        for source, length in qualified:
            yield _field(source.traced.guessed(names[length]), len(names) > length + 1)
        if not qualified:
            for source in self.sources:
                if source.traced.open:
                    yield _field(source.traced.guessed(names[0]), len(names) > 1)


def _field(parts: Parts, part_of_it: bool) -> Parts:
    return through(parts, Transformation.EXPRESSION) if part_of_it else parts
