"""A notebook document, reduced to what we look at.

Not nbformat's node: importing nbformat takes a second where JSON Schema's format checkers are installed, and promoting,
listing and completing should not wait for that.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Cell:
    """One cell. `source` is one string with `\\n` line ends."""

    cell_type: str
    source: str
    id: str
    metadata: dict[str, Any] = field(default_factory=dict)
    attachments: dict[str, Any] = field(default_factory=dict)
    count: int | None = None
    """Its execution count; None when it was not run."""
    repeats_id: bool = False
    """Whether the document gives it the id of a cell above; `id` is another one then."""

    @property
    def tags(self) -> list[str]:
        """The tags that are text."""
        tags = self.metadata.get("tags", [])
        return [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []


@dataclass(frozen=True)
class Notebook:
    """A notebook of format 4, its language Python."""

    cells: list[Cell]
    metadata: dict[str, Any] = field(default_factory=dict)

    @property
    def language(self) -> str:
        """The kernel's language, lower case; `python` when the document does not say."""
        kernelspec, info = self.metadata.get("kernelspec") or {}, self.metadata.get("language_info") or {}
        language = str(kernelspec.get("language") or info.get("name") or "python").lower()
        return "python" if language in ("python3", "ipython", "ipython3") else language

    @property
    def kernel(self) -> str:
        """Name of the kernelspec; `python3` when the document does not say."""
        return str((self.metadata.get("kernelspec") or {}).get("name") or "python3")
