"""Changing single values of a contract and nothing else: every other byte stays as it was.

A document is not written anew (that would lose quotes, spaces and line ends): the place of a value is found, and the
text there replaced.
"""

from __future__ import annotations

import json

from pydantic import JsonValue

from mesh_workbench.contracts.migrate import steps
from mesh_workbench.contracts.source import Path, read, words_of
from mesh_workbench.contracts.yamlnodes import Mark, Node, composed
from mesh_workbench.contracts.yamltext import in_quotes, scalar
from mesh_workbench.errors import InvalidInput


def with_value(text: str, path: Path, value: JsonValue) -> str:
    """The contract with `value` at `path`. The last key of the path may be new, all before it must be there.

    Raises InvalidInput `contract.no-place` when there is no such place, or when it is shared through an alias, and
    what `source.read` raises.
    """
    read(text)
    mark, body = ("\ufeff", text[1:]) if text.startswith("\ufeff") else ("", text)
    parent = _node(body, path[:-1], path)
    entry = _entry(parent, path)
    changed = _added(body, parent, str(path[-1]), value) if entry is None else _replaced(body, entry[1], value)
    return mark + changed


def without(text: str, path: Path) -> str:
    """The contract without the key at `path`, its lines and all. Raises as `with_value`."""
    read(text)
    mark, body = ("\ufeff", text[1:]) if text.startswith("\ufeff") else ("", text)
    parent = _node(body, path[:-1], path)
    entry = _entry(parent, path)
    if entry is None or parent.id != "mapping":
        raise _no_place(path)
    key, value = entry
    index = next(number for number, pair in enumerate(parent.value) if pair[0] is key)
    start, end = key.start_mark, _end(body, value)
    if _is_flow(body, parent):
        begin = _index(start)
        if index + 1 < len(parent.value):
            end = parent.value[index + 1][0].start_mark.index
        elif index:
            begin = _end(body, parent.value[index - 1][1])
        return mark + body[:begin] + body[end:]
    begin = _index(start)
    line_end = body.find("\n", end if not body[:end].endswith("\n") else end - 1)
    after = len(body) if line_end < 0 else line_end + 1
    if index + 1 < len(parent.value) and body[body.rfind("\n", 0, begin) + 1 : begin].strip():
        # The first key of a list's entry shares its line with the dash, which must stay.
        return mark + body[:begin] + body[parent.value[index + 1][0].start_mark.index :]
    if len(parent.value) == 1:
        return mark + body[:begin] + "{}" + body[end:]
    return mark + body[: body.rfind("\n", 0, begin) + 1] + body[after:]


def migrate(text: str) -> str:
    """The contract as ODCS 3.2, with every comment and everything else as it was. Raises as `with_value`."""
    document = read(text).value
    for path, value in steps(document):
        text = without(text, path) if value is None else with_value(text, path, value)
    if isinstance(document, dict) and str(document.get("apiVersion")).startswith(("v3.0.", "v3.1.")):
        text = with_value(text, ("apiVersion",), "v3.2.0")
    return text


def _no_place(path: Path) -> InvalidInput:
    return InvalidInput(
        "contract.no-place",
        f"The contract has no place {words_of(path)} that could be changed.",
        where=words_of(path),
        hint="Name an existing path; what stands behind an alias (*name) is changed where it is written.",
    )


def _node(text: str, path: Path, asked: Path) -> Node:
    node = composed(text)
    if node is None or not asked:
        raise _no_place(asked)
    for length in range(1, len(path) + 1):
        entry = _entry(node, path[:length])
        if entry is None:
            raise _no_place(asked)
        node = entry[1]
    return node


def _entry(parent: Node, path: Path) -> tuple[Node, Node] | None:
    """Key and value node of the last part of `path`; of a list both are the entry."""
    part = path[-1]
    found: tuple[Node, Node] | None = None
    if parent.id == "sequence" and isinstance(part, int) and part < len(parent.value):
        found = (parent.value[part], parent.value[part])
    elif parent.id == "mapping" and isinstance(part, str):
        found = next((pair for pair in parent.value if pair[0].value == part), None)
    elif parent.id == "scalar" or isinstance(part, int):
        raise _no_place(path)
    if found and _index(found[1].start_mark) < _begin(parent, found):
        raise _no_place(path)  # an alias: the value is written elsewhere, for others too
    return found


def _begin(parent: Node, entry: tuple[Node, Node]) -> int:
    """Before this place the text cannot hold the entry's value."""
    if parent.id == "mapping":
        return _index(entry[0].end_mark)
    before = parent.value.index(entry[1])
    return _index(parent.value[before - 1].start_mark) + 1 if before else _index(parent.start_mark)


def _index(mark: Mark) -> int:
    return mark.index


def _end(text: str, node: Node) -> int:
    """Where a value ends, without the spaces and line ends behind it."""
    end = _index(node.end_mark)
    while end > _index(node.start_mark) and text[end - 1] in " \t\r\n":
        end -= 1
    return end


def _is_flow(text: str, node: Node) -> bool:
    return text[_index(node.start_mark)] in "{["


def _replaced(text: str, node: Node, value: JsonValue) -> str:
    start, end = _index(node.start_mark), _end(text, node)
    gap = "" if end > start or text[start - 1 : start].isspace() else " "  # `key:` without a value
    flow = text.lstrip()[:1] in "{["
    return text[:start] + gap + _written(value, flow=flow, style=getattr(node, "style", None)) + text[end:]


def _added(text: str, parent: Node, key: str, value: JsonValue) -> str:
    if parent.id != "mapping":
        raise _no_place((key,))
    if _is_flow(text, parent):
        entry = f"{json.dumps(key, ensure_ascii=False)}: {json.dumps(value, ensure_ascii=False)}"
        if not parent.value:
            at = _index(parent.start_mark) + 1
            return text[:at] + entry + text[at:]
        at = _end(text, parent.value[-1][1])
        return text[:at] + ", " + entry + text[at:]
    first, last = parent.value[0][0], parent.value[-1][1]
    at = _end(text, last)
    line_end = text.find("\n", at)
    newline = "\r\n" if "\r\n" in text else "\n"
    line: str = (
        " " * first.start_mark.column
        + f"{_written(key, flow=False, style=None)}: "
        + _written(value, flow=False, style=None)
    )
    if line_end < 0:
        return text + newline + line
    return text[: line_end + 1] + line + newline + text[line_end + 1 :]


def _written(value: JsonValue, *, flow: bool, style: str | None) -> str:
    """The value as YAML on one line, in the quotes that stood there before if it is text."""
    if isinstance(value, str):
        if style == "'" and value.isprintable():
            return "'" + value.replace("'", "''") + "'"
        if style != '"' and not flow:
            return scalar(value)
    return in_quotes(value)
