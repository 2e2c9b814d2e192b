"""Runs as those see them who may not read the product: that they failed, and where, but not what was said then.

An exception and its traceback may quote rows. Everything else of a run is for everybody who may find the product.
"""

from __future__ import annotations

from collections.abc import Sequence

from mesh_workbench.model.access import Action
from mesh_workbench.model.failed import failed
from mesh_workbench.model.run import Failure, Run
from mesh_workbench.workbench.context import Context


def without_quotes(context: Context, runs: Sequence[Run]) -> list[Run]:
    """The runs, failures without messages where the acting identity may not read the product."""
    telling = {run.product_id for run in runs if any(_failures(run))}
    if not telling:
        return list(runs)
    closed = {
        product.id
        for product in context.registry.products.many(sorted(telling)).values()
        if product.access != "open" and not context.decide(Action.READ, product=product).allowed
    }
    return [_withheld(run) if run.product_id in closed else run for run in runs]


def _failures(run: Run) -> list[Failure]:
    return [failure for failure in (run.failure, *(one.failure for one in run.attempts)) if failure is not None]


def _withheld(run: Run) -> Run:
    attempts = [one.model_copy(update={"failure": _named(one.failure)}) for one in run.attempts]
    return run.model_copy(update={"failure": _named(run.failure), "attempts": attempts})


def _named(failure: Failure | None) -> Failure | None:
    if failure is None or failure.failure_class == "contract":  # which tells names and counts only
        return failure
    hint = "Who may read the product sees what was said."
    return failure.model_copy(update={"message": failed(failure), "traceback": "", "hint": hint})
