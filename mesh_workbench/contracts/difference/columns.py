"""What changed in columns and in the fields inside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from pydantic import JsonValue

from mesh_workbench.contracts.difference.change import Change, Grade
from mesh_workbench.contracts.difference.described import of_description
from mesh_workbench.contracts.difference.keys import Promised
from mesh_workbench.contracts.difference.options import of_options
from mesh_workbench.contracts.difference.renames import renamed
from mesh_workbench.contracts.difference.rules import of_rules
from mesh_workbench.contracts.odcs import Property
from mesh_workbench.contracts.rules.physical_type import fits_into
from mesh_workbench.contracts.wording import type_words

Columns = Mapping[str, Property]
_CLASSES = ("", "public", "internal", "confidential", "restricted", "secret")
"""What fewer and fewer people may see."""


def of_columns(
    before: Columns,
    after: Columns,
    names: Mapping[str, str],
    what: str,
    prefix: str,
    promised: tuple[Promised, Promised] | None = None,
) -> Iterator[Change]:
    """Changes of columns (or fields), of which `names` tells the renamed ones; `promised` is what keys promise too."""
    for name, item in before.items():
        for change in _of_column(name, item, after, names, what, prefix, promised):
            yield replace(change, column=prefix.partition(".")[0] or name)
    for name in after:
        if name not in before and name not in names.values():
            yield Change("compatible", f"{what} {prefix}{name} is new")


def _of_column(
    name: str,
    item: Property,
    after: Columns,
    names: Mapping[str, str],
    what: str,
    prefix: str,
    promised: tuple[Promised, Promised] | None,
) -> Iterator[Change]:
    if name in after:
        yield from _property(f"{prefix}{name}", item, after[name], promised)
    elif name in names:
        yield Change("breaking", f"{what} {prefix}{name} is renamed to {names[name]}")
        yield from _property(f"{prefix}{names[name]}", item, after[names[name]], promised)
    else:
        yield Change("breaking", f"{what} {prefix}{name} is gone")


def _property(
    name: str, old: Property, new: Property, promised: tuple[Promised, Promised] | None = None
) -> Iterator[Change]:
    yield from _type(name, old, new)
    yield from _physical(name, old, new)
    yield from _flags(name, old, new, promised)
    yield from _enum(name, old, new)
    yield from of_options(name, old, new)
    yield from of_rules(name, old.quality, new.quality)
    if (old.classification or "") != (new.classification or ""):
        grade: Grade = "warning" if _is_stricter(old.classification, new.classification) else "compatible"
        yield Change(grade, f"{name} is classified {new.classification or 'no longer'}")
    yield from of_description(name, old, new)
    yield from _inside(name, old, new)


def _inside(name: str, old: Property, new: Property) -> Iterator[Change]:
    before, after = ({item.name: item for item in part.properties} for part in (old, new))
    yield from of_columns(before, after, renamed(before, after), "field", f"{name}.")
    parts = [("items", f"{name}[]", old.items, new.items)]
    for part in ("key", "value"):
        was, now = (getattr(one.map, part) if one.map else None for one in (old, new))
        parts.append((f"{part}s", f"{name}.{part}", was, now))
    for what, inner, was, now in parts:
        if was and now:
            yield from _property(inner, was, now)
        elif was:
            yield Change("breaking", f"{name} no longer says what its {what} are")
        elif now:
            yield Change("compatible", f"{name} says what its {what} are")


def _type(name: str, old: Property, new: Property) -> Iterator[Change]:
    was, now = old.logical_type, new.logical_type
    if was == now:
        return
    if was is None:
        yield Change("compatible", f"{name} is promised to hold {type_words(now or '')}")
    elif now is None:
        yield Change("breaking", f"{name} no longer promises to hold {type_words(was)}")
    elif (was, now) == ("number", "integer"):
        yield Change("compatible", f"{name} narrows its type from number to integer")
    else:
        yield Change("breaking", f"{name} changes its type from {was} to {now}")


def _physical(name: str, old: Property, new: Property) -> Iterator[Change]:
    was, now = old.physical_type or "", new.physical_type or ""
    if was.lower() != now.lower():
        if not was:
            yield Change("compatible", f"{name} promises the physical type {now}")
        elif not now:
            yield Change("breaking", f"{name} no longer promises the physical type {was}")
        else:
            narrower = fits_into(now, was)
            grade: Grade = "breaking" if not narrower else "wording" if fits_into(was, now) else "compatible"
            yield Change(grade, f"{name} changes its physical type from {was} to {now}")
    stored = [one.physical_name or one.name for one in (old, new)]
    if stored[0] != stored[1] and (old.name == new.name or all(one.physical_name for one in (old, new))):
        yield Change("breaking", f"{name} is stored as {stored[1]} instead of {stored[0]}")


def _flags(name: str, old: Property, new: Property, promised: tuple[Promised, Promised] | None) -> Iterator[Change]:
    """What a key promises as well is not lost with the word, nor new with it."""
    required = [bool(one.required) for one in (old, new)]
    unique = [bool(one.unique) for one in (old, new)]
    still = [required, unique]
    if promised:
        still = [[name in one.required for one in promised], [one.tells_apart({name}) for one in promised]]
    for word, said, kept in zip(("required", "unique"), (required, unique), still, strict=True):
        if said[0] and not kept[1]:
            yield Change("breaking", f"{name} is no longer {word}")
        elif said[1] and not kept[0]:
            yield Change("compatible", f"{name} is {word} now")


def _is_stricter(old: str | None, new: str | None) -> bool:
    """Whether fewer people may see it; an unknown word counts as such."""
    places = [_CLASSES.index((word or "").lower()) if (word or "").lower() in _CLASSES else None for word in (old, new)]
    return None in places or places[1] > places[0]  # type: ignore[operator]


def _enum(name: str, old: Property, new: Property) -> Iterator[Change]:
    before, after = ([_kept(value.value) for value in item.enum] for item in (old, new))
    if before and not after:
        yield Change("breaking", f"{name} no longer promises a closed list of values")
    elif after and not before:
        yield Change("compatible", f"{name} has a closed list of values now")
    else:
        added = [str(value) for kind, value in after if (kind, value) not in before]
        gone = [str(value) for kind, value in before if (kind, value) not in after]
        if added:
            yield Change("breaking", f"{name} may hold new values: {', '.join(added)}")
        if gone:
            yield Change("compatible", f"{name} no longer holds: {', '.join(gone)}")


def _kept(value: JsonValue) -> tuple[bool, JsonValue]:
    """A value that is only equal to one of its kind: true is not 1."""
    return isinstance(value, bool), value
