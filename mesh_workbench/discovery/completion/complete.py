"""complete: what can stand at the cursor, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterator

from mesh_workbench.discovery.completion.columns import Columns
from mesh_workbench.discovery.completion.keywords import keywords_for
from mesh_workbench.discovery.completion.marks import marks_of
from mesh_workbench.discovery.completion.match import matching
from mesh_workbench.discovery.completion.names import KnownProduct, Names
from mesh_workbench.discovery.completion.place import Place, place_in
from mesh_workbench.discovery.completion.times import releases, versions
from mesh_workbench.engine.draft.position import Position, position_at
from mesh_workbench.engine.draft.scope import Field, Source
from mesh_workbench.engine.signatures import Signature, signatures
from mesh_workbench.model.cell_options import CELL_OPTIONS
from mesh_workbench.model.completion import Completion, CompletionRequest, Completions, Said
from mesh_workbench.model.line_verbs import LINE_VERBS
from mesh_workbench.registry import Registry

EAGER = 2
"""So many letters of a function must be there before functions join columns; there are more than 500."""


def complete(registry: Registry, names: Names, request: CompletionRequest) -> Completions:
    """What can stand at the cursor of the cell; nothing where it is no business of the mesh.

    Raises Unavailable when the registry was never reached.
    """
    place = place_in(request)
    if place is None:
        return Completions(start=request.cursor, end=request.cursor)
    return _Completing(registry, names, request, place).answer()


class _Completing:
    """One question; its parts are asked in the order in which they are listed."""

    def __init__(self, registry: Registry, names: Names, request: CompletionRequest, place: Place) -> None:
        self._registry = registry
        self._names = names
        self._request = request
        self._place = place
        self._columns = Columns(names, request.variables)

    def answer(self) -> Completions:
        place = self._place
        if place.sort == "options":
            start = max(place.text.rfind(" "), place.text.rfind("\t")) + 1
            found = self._options(place.text[start:])
        elif place.sort == "verb":
            start, found = 0, self._verbs(place.text)
        elif place.sort == "name":
            position = _position_of_name(place)
            start, found = position.start, self._relations(position, own=False)
        else:
            position = position_at(place.text, place.cursor, self._columns.of)
            start, found = position.start, self._in_sql(position)
        items, more = _first(found, self._request.limit)
        return Completions(start=place.offset + start, end=place.offset + place.cursor, items=items, more=more)

    def _options(self, typed: str) -> Iterator[Completion]:
        if not typed or typed.startswith("-"):
            for option in matching(typed, CELL_OPTIONS, str):
                yield Completion(text=option, kind="option", description=CELL_OPTIONS[option])

    def _verbs(self, typed: str) -> Iterator[Completion]:
        for verb, what in LINE_VERBS.items():
            if verb.startswith(typed):
                yield Completion(text=verb, kind="verb", description=what)

    def _in_sql(self, position: Position) -> Iterator[Completion]:
        if position.expected == "variable":
            yield from self._variables(position.prefix.removeprefix("$"))
        elif position.expected in ("relation", "version", "release"):
            yield from self._relations(position, own=True)
        elif position.expected in ("value", "column"):
            yield from self._values(position)
        if not position.path and not position.quoted and position.expected not in ("variable", "nothing", "version"):
            for word in keywords_for(position):
                yield Completion(text=word, kind="keyword")

    def _variables(self, typed: str) -> Iterator[Completion]:
        for variable in matching(typed, self._request.variables, lambda one: one.name):
            yield Completion(text=f"${variable.name}", kind="variable", type=variable.type)

    def _relations(self, position: Position, *, own: bool) -> Iterator[Completion]:
        """Names behind FROM; with `own` also those that only this statement or notebook knows."""
        if position.expected in ("version", "release"):
            known = self._columns.product(position.product)
            if known is not None:
                read = versions if position.expected == "version" else releases
                yield from read(self._registry, known, position.prefix)
            return
        snapshot = self._names.current()
        path = [part.lower() for part in position.path]
        if len(path) == 1:
            for known in matching(position.prefix, snapshot.by_domain.get(path[0], []), lambda one: one.product.name):
                yield _product(known, known.product.name)
        elif len(path) == 2:
            known = snapshot.products.get(".".join(path))
            for port in matching(position.prefix, known.ports if known else (), str):
                assert known is not None
                yield Completion(
                    text=port, kind="port", of=known.product.full_name, health=known.health, marks=marks_of(known)
                )
        elif not path:
            if own and not position.quoted:
                yield from self._own(position)
            for domain in matching(position.prefix, snapshot.by_domain, str):
                yield Completion(
                    text=f"{domain}.",
                    kind="domain",
                    description=snapshot.said_of.get(domain, ""),
                    facts=[Said(code="products", values=[len(snapshot.by_domain[domain])])],
                )
            for known in matching(position.prefix, snapshot.products.values(), lambda one: one.product.full_name):
                if position.prefix or len(snapshot.products) <= self._request.limit:
                    yield _product(known, known.product.full_name)

    def _own(self, position: Position) -> Iterator[Completion]:
        for name in matching(position.prefix, position.scope.common, str):
            yield Completion(text=name, kind="relation", type="WITH", description=_listed(position.scope.common[name]))
        frames = [one for one in self._request.variables if one.columns is not None]
        for frame in matching(position.prefix, frames, lambda one: one.name):
            told = ", ".join((frame.columns or [])[:8])
            yield Completion(text=frame.name, kind="relation", type=frame.type, description=told)
        if position.prefix:
            tables = [one for one in signatures().values() if one.table]
            yield from (self._function(one) for one in matching(position.prefix, tables, lambda one: one.name))

    def _values(self, position: Position) -> Iterator[Completion]:
        scope, path = position.scope, ".".join(position.path).lower()
        if position.path:
            sources = [one for one in scope.sources if path in (one.alias.lower(), one.reference.lower())]
            for source in sources[:1]:
                yield from self._fields(position.prefix, source, {})
            return
        seen: dict[str, int] = {}
        for source in scope.sources:
            yield from self._fields(position.prefix, source, seen)
        if position.expected == "column":
            return
        for source in matching(position.prefix, scope.sources, lambda one: one.alias):
            yield Completion(text=f"{source.alias}.", kind="relation", description=_listed(source.fields))
        if not position.quoted and (len(position.prefix) >= EAGER or not scope.sources):
            called = [one for one in signatures().values() if not one.table]
            yield from (self._function(one) for one in matching(position.prefix, called, lambda one: one.name))

    def _fields(self, typed: str, source: Source, seen: dict[str, int]) -> Iterator[Completion]:
        for field in matching(typed, source.fields, lambda one: one.name):
            if field.name.lower() not in seen:
                seen[field.name.lower()] = 1
                yield self._columns.completion(field, source)

    def _function(self, one: Signature) -> Completion:
        called = self._place.text[self._place.cursor : self._place.cursor + 1] == "("
        returns = f" → {one.returns}" if one.returns else ""
        return Completion(
            text=one.name if called else f"{one.name}(",
            kind="function",
            type=f"{one.call}{returns}",
            description=one.description,
        )


def _position_of_name(place: Place) -> Position:
    typed = place.text[: place.cursor]
    name, at, version = typed.partition("@")
    if at:
        return Position("version", place.cursor - len(version), version, product=name, quoted=True)
    *path, prefix = typed.split(".")
    return Position("relation", place.cursor - len(prefix), prefix, tuple(path), quoted=True)


def _product(known: KnownProduct, text: str) -> Completion:
    product = known.product
    return Completion(
        text=text,
        kind="product",
        type=product.version or "",
        description=product.title or product.description,
        of=product.full_name,
        health=known.health,
        marks=marks_of(known),
    )


def _listed(fields: tuple[Field, ...]) -> str:
    names = ", ".join(field.name for field in fields[:8])
    return f"{names}, …" if len(fields) > 8 else names


def _first(found: Iterator[Completion], limit: int) -> tuple[list[Completion], bool]:
    items: list[Completion] = []
    for item in found:
        if len(items) == limit:
            return items, True
        items.append(item)
    return items, False
