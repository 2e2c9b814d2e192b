"""Where in a statement something is wrong, and errors that point there."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mesh_workbench.errors import MeshError


@dataclass(frozen=True)
class Place:
    """A stretch of a statement: `start` and `end` are offsets of characters, `end` exclusive."""

    text: str
    start: int
    end: int

    @property
    def line(self) -> int:
        """From 1."""
        return self.text.count("\n", 0, self.start) + 1

    @property
    def column(self) -> int:
        """From 1."""
        return self.start - (self.text.rfind("\n", 0, self.start) + 1) + 1

    @property
    def source(self) -> str:
        """The whole line on which the stretch begins."""
        return self.text.split("\n")[self.line - 1]

    @property
    def words(self) -> str:
        return f"line {self.line}, column {self.column}"


def pointing(error: type[MeshError], code: str, message: str, place: Place | None, *, hint: str = "") -> MeshError:
    """An error that knows its place, for doors that can show it (`caret`). Without a place, an ordinary error."""
    if place is None:
        return error(code, message, hint=hint)
    length = max(1, min(place.end - place.start, len(place.source) - place.column + 1))
    return error(
        code,
        message,
        hint=hint,
        where=place.words,
        details={"line": place.line, "column": place.column, "length": length, "source": place.source},
    )


def caret(error: MeshError) -> str | None:
    """The line that `error` points at, and below it carets under the word followed by message and hint.

    None when the error has no place in a statement.
    """
    details = error.details
    source, column, length = details.get("source"), details.get("column"), details.get("length")
    if not (isinstance(source, str) and isinstance(column, int) and isinstance(length, int)):
        return None
    lead = re.sub(r"[^\t]", " ", source[: column - 1])
    return f"{source}\n{lead}{'^' * length}  {error.message} {error.hint}".rstrip()


def find(text: str, fragment: str, occurrence: int = 0) -> Place | None:
    """Where `fragment` stands in `text` as whole words, letter case and white space apart; None if nowhere."""
    words = fragment.split()
    if not words:
        return None
    pattern = r"\s+".join(re.escape(word) for word in words)
    before = r"(?<!\w)" if fragment[0].isalnum() or fragment[0] == "_" else ""
    after = r"(?!\w)" if fragment[-1].isalnum() or fragment[-1] == "_" else ""
    matches = list(re.finditer(before + pattern + after, text, re.IGNORECASE))
    if not matches:
        return None
    match = matches[min(occurrence, len(matches) - 1)]
    return Place(text, match.start(), match.end())
