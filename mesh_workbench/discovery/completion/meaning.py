"""meaning: what the word at the cursor stands for, and what its contract says."""

from __future__ import annotations

from mesh_workbench.contracts.promise import Promise
from mesh_workbench.discovery.completion.columns import Columns, column_marks
from mesh_workbench.discovery.completion.marks import marks_of
from mesh_workbench.discovery.completion.names import KnownProduct, Names
from mesh_workbench.discovery.completion.place import Place, place_in
from mesh_workbench.discovery.completion.promised import said_of
from mesh_workbench.engine.draft.position import Position, position_at
from mesh_workbench.engine.draft.scope import Field
from mesh_workbench.engine.draft.tokens import Token, tokens_of
from mesh_workbench.engine.signatures import signatures
from mesh_workbench.model.completion import CompletionRequest, Meaning, Said
from mesh_workbench.model.product import Column, PortDetail

_SHOWN = 12


def meaning(names: Names, request: CompletionRequest) -> Meaning | None:
    """What the word around the cursor stands for; None for what has no contract and is no function."""
    text = request.text
    end = _end_of_word(text, min(request.cursor, len(text)))
    place = place_in(request.model_copy(update={"cursor": end}))
    if place is None or place.sort in ("options", "verb"):
        return None
    return _Looking(names, request, place).answer()


def _end_of_word(text: str, cursor: int) -> int:
    while cursor < len(text) and (text[cursor].isalnum() or text[cursor] == "_"):
        cursor += 1
    return cursor


class _Looking:
    def __init__(self, names: Names, request: CompletionRequest, place: Place) -> None:
        self._names = names
        self._place = place
        self._columns = Columns(names, request.variables)

    def answer(self) -> Meaning | None:
        place = self._place
        if place.sort == "name":
            return self._relation(place.text[: place.cursor], 0, place.cursor)
        token = next((one for one in tokens_of(place.text) if one.start < place.cursor <= one.end), None)
        if token is None or token.sort not in ("word", "quoted"):
            return None
        position = position_at(place.text, token.end - (token.sort == "quoted" and token.closed), self._columns.of)
        if position.expected in ("relation", "version"):
            name = token.name if position.quoted else ".".join([*position.path, token.name])
            return self._relation(name, token.start, token.end)
        return self._value(position, token)

    def _relation(self, name: str, start: int, end: int) -> Meaning | None:
        if not name.strip("."):
            return None
        known, port = self._columns.port(name)
        if known is not None and port is not None:
            return self._product(known, port, start, end)
        domain = self._names.current().by_domain.get(name.lower())
        if domain is None:
            return None
        said = self._names.current().said_of.get(name.lower(), "")
        told = [Said(code="products", values=[len(domain)])]
        return self._made(start, end, kind="domain", name=name, description=said, facts=told)

    def _value(self, position: Position, token: Token) -> Meaning | None:
        path, name = ".".join(position.path).lower(), token.name.lower()
        for source in position.scope.sources:
            if path and path not in (source.alias.lower(), source.reference.lower()):
                continue
            for field in source.fields:
                if field.name.lower() == name:
                    return self._field(field, token)
        if path:
            return self._relation(f"{path}.{name}", token.start, token.end)
        called = self._place.text[token.end :].lstrip().startswith("(")
        source_called = position.scope.called(name)
        if source_called is not None and source_called.reference and not called:
            return self._relation(source_called.reference, token.start, token.end)
        one = signatures().get(name) if called else None
        if one is None:
            return None
        return self._made(
            token.start,
            token.end,
            kind="function",
            name=one.name,
            type=f"{one.call} → {one.returns}" if one.returns else one.call,
            description=one.description,
            facts=[Said(code="example", values=[example]) for example in one.examples],
        )

    def _field(self, field: Field, token: Token) -> Meaning | None:
        known, port = self._columns.port(field.of)
        column = self._columns.column(field)
        if known is None or port is None or column is None:
            return self._made(token.start, token.end, kind="column", name=field.name, type=field.type)
        said = [one for one in self._promises(known, port) if one.spec.target == f"{port.name}.{column.name}"]
        name = known.product.full_name if port.position == 0 else f"{known.product.full_name}.{port.name}"
        return self._made(
            token.start,
            token.end,
            kind="column",
            name=f"{name}.{column.name}",
            product=known.product.full_name,
            type=_types(column),
            description=column.description,
            promises=_words(said),
            owner=known.product.owner,
            health=known.health,
            marks=[*column_marks(column), *marks_of(known)],
        )

    def _product(self, known: KnownProduct, port: PortDetail, start: int, end: int) -> Meaning:
        product = known.product
        facts = [Said(code="version", values=[product.version])] if product.version else []
        if product.release is not None:
            facts.append(Said(code="release", values=[product.release]))
        if port.rows is not None:
            facts.append(Said(code="rows", values=[port.rows]))
        facts.append(Said(code="columns", values=[len(port.columns)]))
        return self._made(
            start,
            end,
            kind="product" if port.position == 0 else "port",
            name=product.full_name if port.position == 0 else f"{product.full_name}.{port.name}",
            product=product.full_name,
            description=(port.description if port.position else "") or product.description or product.title,
            facts=facts,
            promises=_words([one for one in self._promises(known, port) if "." not in one.spec.target]),
            owner=product.owner,
            health=known.health,
            marks=marks_of(known),
        )

    def _promises(self, known: KnownProduct, port: PortDetail) -> tuple[Promise, ...]:
        return self._names.promises(known, port.name)

    def _made(self, start: int, end: int, **said: object) -> Meaning:
        return Meaning.model_validate({"start": self._place.offset + start, "end": self._place.offset + end, **said})


def _types(column: Column) -> str:
    both = column.physical_type and column.physical_type != column.type
    return f"{column.type} ({column.physical_type})" if both and column.type else column.type or column.physical_type


def _words(said: list[Promise]) -> list[Said]:
    words = [said_of(one) for one in said[:_SHOWN]]
    return [*words, Said(code="more", values=[len(said) - _SHOWN])] if len(said) > _SHOWN else words
