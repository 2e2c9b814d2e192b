"""What a verb of `%mesh` is."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass

from mesh_workbench.errors import InvalidInput


@dataclass(frozen=True)
class Verb:
    """`run` gets what stands behind the verb and the variables of the notebook, and gives back what to show."""

    usage: str
    run: Callable[[str, MutableMapping[str, object]], object]


def needed(text: str, usage: str) -> str:
    """`text`, or InvalidInput `magic.arguments` when there is none."""
    if not text:
        raise InvalidInput("magic.arguments", "Something is missing.", hint=f"Usage: {usage}")
    return text
