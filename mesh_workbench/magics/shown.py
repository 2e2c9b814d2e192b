"""What verbs of `%mesh` give back: shown as HTML in a notebook and as text elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mesh_workbench.engine.display import (
    Shown,
    as_html,
    as_markdown,
    as_text,
    codes_html,
    codes_markdown,
    codes_text,
    facts_html,
    facts_markdown,
    facts_text,
)
from mesh_workbench.model.connection import Snippet


class Listing:
    """A list of things; `empty` is said when there are none."""

    def __init__(self, shown: Shown, *, empty: str) -> None:
        self.rows = [dict(zip(shown.columns, row, strict=True)) for row in shown.rows]
        # What is not known of a thing is left blank; only in data is null a value.
        blank = [["" if value is None else value for value in row] for row in shown.rows]
        self._shown = shown if shown.of_data else replace(shown, rows=blank)
        self._empty = empty

    def __repr__(self) -> str:
        return as_text(self._shown) if self.rows else self._empty

    def _repr_html_(self) -> str:
        return as_html(self._shown) if self.rows else facts_html(self._empty, [])

    def _repr_markdown_(self) -> str:
        return as_markdown(self._shown) if self.rows else facts_markdown(self._empty, [])


class Facts:
    """A heading and facts below it."""

    def __init__(self, title: str, facts: Sequence[tuple[str, str]]) -> None:
        self.title = title
        self.facts = dict(facts)

    def __repr__(self) -> str:
        return facts_text(self.title, list(self.facts.items()))

    def _repr_html_(self) -> str:
        return facts_html(self.title, list(self.facts.items()))

    def _repr_markdown_(self) -> str:
        return facts_markdown(self.title, list(self.facts.items()))


class Codes:
    """Pieces of code to copy, each with what it needs."""

    def __init__(self, title: str, snippets: Sequence[Snippet], *, warnings: Sequence[str] = ()) -> None:
        self.title = title
        self.snippets = {snippet.tool: snippet.code for snippet in snippets}
        self._shown = list(snippets)
        self._warnings = warnings

    def __repr__(self) -> str:
        return codes_text(self.title, self._shown, self._warnings)

    def _repr_html_(self) -> str:
        return codes_html(self.title, self._shown, self._warnings)

    def _repr_markdown_(self) -> str:
        return codes_markdown(self.title, self._shown, self._warnings)
