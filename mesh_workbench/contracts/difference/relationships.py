"""What changed in the foreign keys of an object and of its columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mesh_workbench.contracts.difference.change import Change
from mesh_workbench.contracts.document import ContractDocument
from mesh_workbench.contracts.odcs import Property, SchemaObject
from mesh_workbench.contracts.references import names_of, resolve

Link = tuple[tuple[str, str], ...]
"""Pairs of a column here and what it points to, sorted: their order means nothing."""


def of_relationships(
    was: tuple[ContractDocument, SchemaObject], now: tuple[ContractDocument, SchemaObject], names: Mapping[str, str]
) -> Iterator[Change]:
    """A foreign key that is gone breaks, a new one does not; the same one may stand at the column or at the object."""
    before, after = _links(*was, names), _links(*now, {})
    for link in dict.fromkeys(before):
        if link not in after:
            yield Change("breaking", f"{_from(link)} no longer {_words(link)}")
    for link in dict.fromkeys(after):
        if link not in before:
            yield Change("compatible", f"{_from(link)} {_words(link)}")


def _links(doc: ContractDocument, table: SchemaObject, names: Mapping[str, str]) -> list[Link]:
    found = []
    for relationship in table.relationships:
        mine = [resolve(doc, one)[1] or one for one in names_of(relationship.from_)]
        found.append(_link(mine, names_of(relationship.to), names))
    for name, item in _everything(table.properties):
        found += [_link([name], names_of(one.to), names) for one in item.relationships]
    return found


def _everything(properties: list[Property], prefix: str = "") -> Iterator[tuple[str, Property]]:
    """Columns and the fields inside them."""
    for item in properties:
        yield f"{prefix}{item.name}", item
        yield from _everything(item.properties, f"{prefix}{item.name}.")
        yield from _everything([item.items] if item.items else [], f"{prefix}{item.name}[]")


def _link(mine: list[str], theirs: tuple[str, ...], names: Mapping[str, str]) -> Link:
    called = [names.get(name, name) for name in mine] or ["the table"]
    called += called[-1:] * (len(theirs) - len(called))
    return tuple(sorted(zip(called, theirs, strict=False)))


def _from(link: Link) -> str:
    return ", ".join(dict.fromkeys(name for name, _ in link))


def _words(link: Link) -> str:
    return f"point{'' if len(link) > 1 else 's'} to {', '.join(to for _, to in link)}"
