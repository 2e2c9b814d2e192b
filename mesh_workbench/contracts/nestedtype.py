"""The types inside a nested type: fields of a record, the element of a list, key and value of a map."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mesh_workbench.contracts.columntype import ColumnType, type_of


def fields_of(kind: ColumnType) -> dict[str, ColumnType] | None:
    """Field to type of a record; None when it is none."""
    inside = _inside(kind.name, "STRUCT")
    if inside is None:
        return None
    found = {}
    for part in _split(inside):
        name, rest = _name(part)
        found[name] = type_of(rest)
    return found


def element_of(kind: ColumnType) -> ColumnType | None:
    """What a list or an array of fixed length holds; None when it is none."""
    match = re.fullmatch(r"(.*)\[\d*\]", kind.name, re.DOTALL)
    return type_of(match[1]) if match else None


def map_of(kind: ColumnType) -> tuple[ColumnType, ColumnType] | None:
    """Types of keys and values of a map; None when it is none."""
    inside = _inside(kind.name, "MAP")
    if inside is None:
        return None
    parts = list(_split(inside))
    return (type_of(parts[0]), type_of(parts[1])) if len(parts) == 2 else None


def _inside(name: str, outer: str) -> str | None:
    match = re.fullmatch(rf"{outer}\((.*)\)", name, re.DOTALL | re.IGNORECASE)
    return match[1] if match else None


def _split(text: str) -> Iterator[str]:
    """Parts between the commas that are in no brackets and no quotes."""
    depth, quoted, part = 0, False, ""
    for character in text:
        if character == '"':
            quoted = not quoted
        elif not quoted:
            depth += (character == "(") - (character == ")")
            if character == "," and depth == 0:
                yield part.strip()
                part = ""
                continue
        part += character
    if part.strip():
        yield part.strip()


def _name(part: str) -> tuple[str, str]:
    match = re.match(r'"((?:[^"]|"")*)"\s+', part)
    if match:
        return match[1].replace('""', '"'), part[match.end() :]
    name, _, rest = part.partition(" ")
    return name, rest.strip()
