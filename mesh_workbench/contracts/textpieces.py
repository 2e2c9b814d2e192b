"""Where in the text of a document its values stand, and what to put there so that they change and nothing else does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from pydantic import JsonValue

from mesh_workbench.contracts.source import Path, words_of
from mesh_workbench.contracts.yamlnodes import Mark, Node
from mesh_workbench.contracts.yamltext import in_quotes, scalar
from mesh_workbench.errors import InvalidInput


class Gone:
    """In the place of a value: the key is to go."""


GONE = Gone()
Change = tuple[Path, JsonValue | Gone]
_LINE_END = re.compile(r"\r\n|\n|\r")
_ANCHOR = re.compile(r"&[^\s,\[\]{}]+[ \t]+")
_MARKS = re.compile(r"(?:[&!][^\s,\[\]{}]*\s+)*")
"""Anchors and tags before a value."""


def pieces_of(text: str, root: Node, changes: Sequence[Change]) -> Iterator[tuple[int, int, str]]:
    """Start, end and new text of every place that changes. Raises InvalidInput `contract.no-place`."""
    parents: dict[Path, dict[str | int, JsonValue | Gone]] = {}
    for path, value in changes:
        parents.setdefault(path[:-1], {})[path[-1]] = value
    for path, parts in parents.items():
        parent = _node(root, path)
        entries = {part: _entry(parent, (*path, part)) for part in parts}
        for part, value in parts.items():
            entry = entries[part]
            if entry is not None and not isinstance(value, Gone):
                yield _replaced(text, entry[1], value)
        gone = [entry[0] for part, entry in entries.items() if entry is not None and parts[part] is GONE]
        new: dict[str, JsonValue] = {}
        for part, value in parts.items():
            if entries[part] is None:
                if isinstance(value, Gone):
                    raise no_place((*path, part))
                new[str(part)] = value
        if gone and new and len(gone) == len(parent.value) and not _is_flow(text, parent):
            lines = f"{_newline(text)}{' ' * gone[0].start_mark.column}".join(map(_line, new, new.values()))
            yield _index(gone[0].start_mark), _end(text, parent.value[-1][1]), lines
            continue
        if gone:
            yield from _removed(text, parent, gone)
        for key, value in new.items():
            yield _added(text, parent, gone, key, value)


def _removed(text: str, parent: Node, gone: list[Node]) -> Iterator[tuple[int, int, str]]:
    """Entries of a mapping with their lines; in one line, with a comma on one side."""
    if parent.id != "mapping":
        raise no_place(())
    entries: list[tuple[Node, Node]] = parent.value
    kept = [key not in gone for key, _ in entries]
    if not any(kept):
        start, end = _index(entries[0][0].start_mark), _end(text, entries[-1][1])
        yield start, end, "" if _is_flow(text, parent) else "{}"
        return
    for first, last in _runs(kept):
        start, end = _index(entries[first][0].start_mark), _end(text, entries[last][1])
        if _is_flow(text, parent):
            if last + 1 < len(entries):
                yield start, _index(entries[last + 1][0].start_mark), ""
            else:
                yield _end(text, entries[first - 1][1]), end, ""
            continue
        line = _line_start(text, start)
        if text[line:start].strip():
            # The first key of a list's entry shares its line with the dash, which must stay.
            if last + 1 == len(entries):
                raise no_place(())  # a key that is written with a question mark
            yield start, _index(entries[last + 1][0].start_mark), ""
        else:
            yield line, _line_end(text, end), ""


def _runs(kept: list[bool]) -> Iterator[tuple[int, int]]:
    """First and last of those that stand side by side and are not kept."""
    for is_kept, run in groupby(range(len(kept)), key=kept.__getitem__):
        if not is_kept:
            many = list(run)
            yield many[0], many[-1]


def no_place(path: Path) -> InvalidInput:
    """The error of a place that is not there or cannot be changed."""
    return InvalidInput(
        "contract.no-place",
        f"The contract has no place {words_of(path)} that could be changed.",
        where=words_of(path),
        hint="Name an existing path; what stands behind an alias (*name) is changed where it is written.",
    )


def _node(root: Node, path: Path) -> Node:
    node = root
    for length in range(1, len(path) + 1):
        entry = _entry(node, path[:length])
        if entry is None:
            raise no_place(path)
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
        raise no_place(path)
    if found and _index(found[1].start_mark) < _begin(parent, found):
        raise no_place(path)  # an alias: the value is written elsewhere, for others too
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


def _line_start(text: str, at: int) -> int:
    return max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1


def _line_end(text: str, at: int) -> int:
    """Behind the end of the line."""
    match = _LINE_END.search(text, at)
    return match.end() if match else len(text)


def _is_flow(text: str, node: Node) -> bool:
    return text[_MARKS.match(text, _index(node.start_mark)).end()] in "{["  # type: ignore[union-attr]


def _replaced(text: str, node: Node, value: JsonValue) -> tuple[int, int, str]:
    start, end = _index(node.start_mark), _end(text, node)
    anchor = _ANCHOR.match(text, start)
    if anchor and anchor.end() <= end:
        start = anchor.end()
    gap = "" if end > start or text[start - 1 : start].isspace() else " "  # `key:` without a value
    flow = text.lstrip()[:1] in "{["
    return start, end, gap + _written(value, flow=flow, style=getattr(node, "style", None))


def _added(text: str, parent: Node, gone: list[Node], key: str, value: JsonValue) -> tuple[int, int, str]:
    if parent.id != "mapping":
        raise no_place((key,))
    if _is_flow(text, parent):
        entry = f"{in_quotes(key)}: {in_quotes(value)}"
        kept = [pair for pair in parent.value if pair[0] not in gone]
        if not kept:
            at = _MARKS.match(text, _index(parent.start_mark)).end() + 1  # type: ignore[union-attr]
            return at, at, entry
        at = _end(text, kept[-1][1])
        return at, at, f", {entry}"
    at = _end(text, parent.value[-1][1])
    line_end, newline = _line_end(text, at), _newline(text)
    line = " " * parent.value[0][0].start_mark.column + _line(key, value)
    if text[line_end - 1 : line_end] not in ("\n", "\r"):
        return line_end, line_end, newline + line
    return line_end, line_end, line + newline


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n" if "\n" in text or "\r" not in text else "\r"


def _line(key: str, value: JsonValue) -> str:
    return f"{scalar(key)}: {_written(value, flow=False, style=None)}"


def _written(value: JsonValue, *, flow: bool, style: str | None) -> str:
    """The value as YAML on one line, in the quotes that stood there before if it is text."""
    if isinstance(value, str):
        if style == "'" and value.isprintable():
            return "'" + value.replace("'", "''") + "'"
        if style != '"' and not flow:
            return scalar(value)
    return in_quotes(value)
