"""The words of a statement with their places, as far as it goes; a parser would refuse what is not complete."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

Sort = Literal["word", "quoted", "string", "variable", "number", "sign"]
_SORTS: dict[str, Sort] = {sort: sort for sort in get_args(Sort)}

_TOKEN = re.compile(
    r"""(?P<comment>--[^\n]*|/\*.*?(?:\*/|\Z))
    |(?P<string>'(?:[^']|'')*(?:'|\Z)|\$\$.*?(?:\$\$|\Z))
    |(?P<quoted>"(?:[^"]|"")*(?:"|\Z))
    |(?P<variable>\$\w*)
    |(?P<number>\d[\w.]*)
    |(?P<word>[^\W\d]\w*)
    |(?P<sign>=>|::|\S)""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Token:
    """A word or sign from `start` to `end`."""

    sort: Sort
    text: str
    start: int
    end: int

    @property
    def keyword(self) -> str:
        """The word in capitals; empty for what cannot be a keyword."""
        return self.text.upper() if self.sort in ("word", "sign") else ""

    @property
    def name(self) -> str:
        """The name that it writes, without quotes."""
        if self.sort == "quoted":
            return self.text[1:].removesuffix('"').replace('""', '"')
        return self.text if self.sort == "word" else ""

    @property
    def closed(self) -> bool:
        """Whether its quote ends."""
        return self.sort not in ("quoted", "string") or (len(self.text) > 1 and self.text[-1] == self.text[0])


@dataclass
class Group:
    """What stands between two parentheses, or in the whole statement. `end` is None while it is open."""

    start: int
    end: int | None = None
    items: list[Token | Group] = field(default_factory=list)

    @property
    def keyword(self) -> str:
        return ""

    def holds(self, place: int) -> bool:
        """Whether a cursor at `place` stands within."""
        return self.start < place and (self.end is None or place < self.end)


Item = Token | Group


def tokens_of(text: str) -> list[Token]:
    """The tokens, without comments."""
    found = []
    for match in _TOKEN.finditer(text):
        sort = _SORTS.get(match.lastgroup or "")
        if sort is not None:
            found.append(Token(sort, match.group(), match.start(), match.end()))
    return found


def in_comment(text: str, place: int) -> bool:
    """Whether a cursor at `place` stands in a comment."""
    for match in _TOKEN.finditer(text):
        if match.start() >= place:
            return False
        if match.lastgroup == "comment":
            written = match.group()
            ends = written.startswith("/*") and written.endswith("*/")
            if place < match.end() or (place == match.end() and not ends):
                return True
    return False


def groups_of(tokens: Iterable[Token]) -> Group:
    """The tokens by parentheses and brackets; one that is never closed goes to the end."""
    root = Group(-1)
    path = [root]
    for token in tokens:
        if token.text in ("(", "[", "{") and token.sort == "sign":
            group = Group(token.start)
            path[-1].items.append(group)
            path.append(group)
        elif token.text in (")", "]", "}") and token.sort == "sign":
            if len(path) > 1:
                path.pop().end = token.end
        else:
            path[-1].items.append(token)
    return root


def split(items: Sequence[Item], *keywords: str) -> Iterator[list[Item]]:
    """The stretches between items that are one of `keywords`."""
    part: list[Item] = []
    for item in items:
        if item.keyword in keywords:
            yield part
            part = []
        else:
            part.append(item)
    yield part
