"""YAML text to plain values, with the line and column of each.

Dates stay text (ODCS says dates as strings), anchors are followed but not without end, and tags that would make
anything but plain values are refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pydantic import JsonValue

from mesh_workbench.contracts.yamlnodes import Node, composed, not_yaml
from mesh_workbench.errors import InvalidInput

LARGEST_BYTES = 10_000_000
DEEPEST = 200
MOST_VALUES = 300_000
"""A contract of 500 columns has some 20,000; more than this comes from aliases that multiply."""

Path = tuple[str | int, ...]

_PAIR = re.compile(r"[\ud800-\udbff][\udc00-\udfff]")
_BRACKET = re.compile(r"[\[\]{}]")
_NULL = re.compile(r"~|null|Null|NULL|")
_TRUE = re.compile(r"true|True|TRUE")
_FALSE = re.compile(r"false|False|FALSE")
_INTEGER = re.compile(r"[-+]?[0-9]{1,400}")
_OTHER_BASE = re.compile(r"0o[0-7]{1,400}|0x[0-9a-fA-F]{1,400}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_SPECIAL = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_PLAIN_TAGS = ("str", "null", "bool", "int", "float", "timestamp", "map", "seq", "merge", "value")


@dataclass(frozen=True)
class Source:
    """What a YAML text holds."""

    value: JsonValue
    places: dict[Path, tuple[int, int]]
    """Path to line and column, from 1; of a mapping's entry it is the place of its key."""

    def place(self, path: Path) -> tuple[int, int] | None:
        """Where `path` is, or the nearest thing around it."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.places:
                return self.places[path[:end]]
        return None


def words_of(path: Path) -> str:
    """`schema[0].properties[3].name`"""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def where(place: tuple[int, int] | None) -> str:
    return f"line {place[0]}, column {place[1]}" if place else ""


def read(text: str) -> Source:
    """The values of a YAML document. JSON is YAML.

    Raises InvalidInput `contract.too-large` above 10 MB or when aliases multiply beyond measure, and
    `contract.not-yaml` with line and column.
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > LARGEST_BYTES:
        raise InvalidInput(
            "contract.too-large",
            f"The contract has {size:,} bytes; at most {LARGEST_BYTES:,} are read.",
            hint="Move data out of the contract: it describes data and holds none.",
        )
    if _deepest(text) > DEEPEST:
        # Checked ahead, because the scanner needs many seconds until it gives up on such a text.
        raise not_yaml("The contract is nested too deeply to be read.", None)
    node = composed(text.lstrip("\ufeff"))
    reader = _Reader()
    try:
        value = None if node is None else reader.value(node, ())
    except RecursionError as error:
        raise not_yaml("The contract is nested too deeply to be read.", None) from error
    return Source(value, reader.places)


def _deepest(text: str) -> int:
    """How many brackets are open at the same time, at most; those in texts and comments are counted along."""
    depth = deepest = 0
    for match in _BRACKET.finditer(text):
        depth += 1 if match[0] in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


class _Reader:
    """Turns nodes into plain values and notes where each was."""

    def __init__(self) -> None:
        self.places: dict[Path, tuple[int, int]] = {}
        self._values = 0
        self._inside: set[int] = set()

    def value(self, node: Node, path: Path) -> JsonValue:
        place = (node.start_mark.line + 1, node.start_mark.column + 1)
        self.places.setdefault(path, place)
        self._values += 1
        if self._values > MOST_VALUES:
            raise InvalidInput(
                "contract.too-large",
                f"The contract unfolds to more than {MOST_VALUES:,} values.",
                where=where(place),
                hint="Use fewer aliases (*name).",
                details={"line": place[0], "column": place[1]},
            )
        tag = str(node.tag).removeprefix("tag:yaml.org,2002:")
        if tag not in _PLAIN_TAGS:
            raise not_yaml(f"The tag {node.tag} is not allowed in a contract.", place)
        if node.id == "scalar":
            return _scalar(node, tag)
        if id(node) in self._inside:
            raise not_yaml("An alias stands inside what it names.", place)
        self._inside.add(id(node))
        try:
            if node.id == "sequence":
                return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
            return self._mapping(node, path)
        finally:
            self._inside.discard(id(node))

    def _mapping(self, node: Node, path: Path) -> dict[str, JsonValue]:
        found: dict[str, JsonValue] = {}
        merged: dict[str, JsonValue] = {}
        for key_node, value_node in node.value:
            place = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            if key_node.id != "scalar":
                raise not_yaml("A key must be a word.", place)
            key = str(key_node.value)
            if key == "<<" and not key_node.style:
                for part in value_node.value if value_node.id == "sequence" else [value_node]:
                    value = self.value(part, path)
                    if not isinstance(value, dict):
                        raise not_yaml("<< can only take in a mapping.", place)
                    merged = {**value, **merged}
                continue
            if key in found:
                raise not_yaml(f"The key {key!r} stands here twice.", place)
            self.places[(*path, key)] = place
            found[key] = self.value(value_node, (*path, key))
        return {**merged, **found}


def _scalar(node: Node, tag: str) -> JsonValue:
    """The value of a scalar by the rules of YAML 1.2; quoted ones are text."""
    text: str = node.value
    if _PAIR.search(text):  # JSON's way to escape what lies beyond 16 bits
        text = _PAIR.sub(lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), text)
    if node.style or tag == "str":
        return text
    if _NULL.fullmatch(text):
        return None
    if _TRUE.fullmatch(text):
        return True
    if _FALSE.fullmatch(text):
        return False
    if _INTEGER.fullmatch(text):
        return int(text)
    if _OTHER_BASE.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _SPECIAL.fullmatch(text):
        return float(text.replace(".", "", 1))
    return text
