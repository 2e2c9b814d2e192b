"""`%mesh runs [DOMAIN.PRODUCT]`."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import TYPE_CHECKING

from mesh_workbench.engine.display import Shown
from mesh_workbench.magics.shown import Listing
from mesh_workbench.magics.source import workbench
from mesh_workbench.magics.verbs.verb import Verb
from mesh_workbench.model.asked_slot import slot_text

if TYPE_CHECKING:
    from pydantic import JsonValue

    from mesh_workbench.model.run import Run

_COLUMNS = ("run", "product", "version", "slot", "state", "started (UTC)", "seconds", "release", "why")
_TYPES = ["DOUBLE" if column in ("seconds", "release") else "" for column in _COLUMNS]


def _run(text: str, variables: MutableMapping[str, object]) -> Listing:  # noqa: ARG001
    page = workbench().runs.list(text or None, limit=20)
    rows = [_row(run) for run in page.items]
    total = None if page.next else len(rows)
    nothing = f"{text} never ran." if text else "Nothing ran yet."
    return Listing(
        Shown(_COLUMNS, _TYPES, rows, total=total, unit="run", of_data=False),
        empty=nothing,
    )


def _row(run: Run) -> list[JsonValue]:
    why = run.failure.message if run.failure else run.waiting.reason if run.waiting else ""
    over = run.started is not None and run.finished is not None
    return [
        run.id,
        run.product,
        run.version,
        slot_text(run.slot) if run.slot else "",
        run.state.value,
        f"{run.started:%Y-%m-%d %H:%M:%S}" if run.started else "",
        round((run.finished - run.started).total_seconds(), 1) if over and run.finished and run.started else None,
        run.release,
        why,
    ]


VERB = Verb("%mesh runs [DOMAIN.PRODUCT]", _run)
