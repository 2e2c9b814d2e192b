"""`mesh.quarantine`: the rows of a run that broke a promise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mesh_workbench.errors import InvalidInput
from mesh_workbench.session.run import current_run

if TYPE_CHECKING:
    import polars


def quarantine(run_id: str) -> polars.DataFrame:
    """One row for each failing row and promise of a run: port, promise, words, outcome, key, value.

    `key` holds the columns of the contract's primary key and `value` those that the promise is about, both as JSON
    objects; of each promise at most `quarantine_rows` rows are kept. The frame is empty when all promises were kept.

    Raises NotFound `run.unknown` and `run.not-checked`; Forbidden when you may not read the product; inside a run
    InvalidInput `run.no-quarantine`.
    """
    if current_run() is not None:
        raise InvalidInput(
            "run.no-quarantine",
            "A run sees only its own inputs, and no other run's failing rows.",
            hint="Look at them in a notebook of your own, or with `mesh runs RUN --quarantine`.",
        )
    import polars

    from mesh_workbench.workbench.current import current_workbench

    return polars.DataFrame(current_workbench().runs.quarantine(run_id))
