"""Failing rows that are set aside: the place they go to is handed in by whoever checks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from mesh_workbench.model.check import PromiseResult, QuarantinedRow


@dataclass(frozen=True)
class Quarantine:
    """Where failing rows go. `keep` is called once for each promise that was not kept, with `most` rows at most."""

    keep: Callable[[list[QuarantinedRow]], None]
    most: int
    port: str = ""


def quarantined(
    port: str, result: PromiseResult, keys: Sequence[str], about: Sequence[str], rows: list[dict[str, JsonValue]]
) -> list[QuarantinedRow]:
    """Failing rows of one promise; `about` names the columns that it speaks of, all that are no keys when none."""
    found = []
    for row in rows:
        spoken_of = [name for name in about if name in row] or [name for name in row if name not in keys]
        found.append(
            QuarantinedRow(
                port=port,
                promise=result.promise.id,
                words=result.promise.words,
                outcome=result.outcome,
                key={name: row[name] for name in keys if name in row},
                value={name: row[name] for name in spoken_of},
            )
        )
    return found
