"""Where in a cell the cursor stands: in SQL, on the first line of a magic, in the name that `mesh.read` takes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from mesh_workbench.discovery.completion.readers import USUAL, readers_in
from mesh_workbench.model.completion import CompletionRequest
from mesh_workbench.model.line_verbs import TAKE_NO_PRODUCT

_CELL = re.compile(r"\s*%%mesh(?![^\s])")
_LINE_OF_SQL = re.compile(r"\s*(?:\w+\s*=\s*)?%mesh\s+(?:sql|explain)\s+(?=\S|$)")
_LINE = re.compile(r"\s*(?:\w+\s*=\s*)?%mesh\s+(?P<verb>[\w-]+)\s+(?:.*\s)?(?P<typed>\S*)\Z")
_OPTIONS = re.compile(r"(?:--(?:as-of|limit)(?:=|\s+)\S+\s+|--[a-z][\w-]*\s+)*")
_VERB = re.compile(r"\s*(?:\w+\s*=\s*)?%mesh[ \t]+(?P<typed>[\w-]*)\Z")
_READ = r"""(?<![\w.])(?:{})\(\s*(?:name\s*=\s*)?(?P<quote>["'])(?P<typed>[\w.@]*)\Z"""
_STRING = re.compile(r"""\(\s*(?:name\s*=\s*)?["'][\w.@]*\Z""")
"""What a call of any function with a text looks like, which is found out before imports are read."""
_FAR = 500
"""So far before the cursor a call may begin."""


@dataclass(frozen=True)
class Place:
    """`text` is what to look at, which begins at `offset` of the cell; `cursor` is within it."""

    sort: Literal["sql", "options", "verb", "name"]
    text: str
    cursor: int
    offset: int = 0


def place_in(request: CompletionRequest) -> Place | None:
    """What there is to complete at the cursor; None where it is no business of ours, which is found out at once."""
    text = request.text
    cursor = min(request.cursor, len(text))
    cell = _CELL.match(text)
    if cell is not None:
        first = text.find("\n", cell.end())
        if first == -1 or cursor <= first:
            return Place("options", text[:cursor], cursor) if cursor > cell.end() else None
        return Place("sql", text[first + 1 :], cursor - first - 1, first + 1)
    begin = text.rfind("\n", 0, cursor) + 1
    line = text[begin:cursor]
    if "%mesh" in line:
        return _of_line_magic(text, line, begin, cursor)
    far = max(0, cursor - _FAR)
    before = text[far:cursor]
    if not _STRING.search(before):
        return None
    readers = [*request.readers, *readers_in([text, *request.imports])] or USUAL
    named = re.search(_READ.format("|".join(map(re.escape, readers))), before)
    return _name(before, far, named) if named else None


def _of_line_magic(text: str, line: str, begin: int, cursor: int) -> Place | None:
    sql = _LINE_OF_SQL.match(line)
    if sql is not None:
        options = _OPTIONS.match(line, sql.end())
        start = options.end() if options else sql.end()
        end = text.find("\n", cursor)
        whole = text[begin + start : end if end != -1 else len(text)]
        return Place("sql", whole, cursor - begin - start, begin + start)
    verb = _VERB.match(line)
    if verb is not None:
        start = verb.start("typed")
        return Place("verb", line[start:], len(line) - start, begin + start)
    named = _LINE.match(line)
    return _name(line, begin, named) if named and named["verb"] not in TAKE_NO_PRODUCT else None


def _name(line: str, begin: int, match: re.Match[str]) -> Place:
    start = match.start("typed")
    return Place("name", line[start:], len(line) - start, begin + start)
