"""The script of a panel: one module, with the elements that all panels share in front."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent


def script(name: str) -> str:
    """The source of the panel's module, whose own part is the file `name`."""
    return "\n".join((_HERE / part).read_text(encoding="utf-8") for part in ("elements.js", name))
