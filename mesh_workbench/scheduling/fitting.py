"""Whether a schedule can work for a notebook: what it gives must be what the notebook takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import JsonValue

from mesh_workbench.errors import InvalidInput
from mesh_workbench.model.names import ProductName
from mesh_workbench.model.notebook import NotebookAnalysis
from mesh_workbench.model.schedule import ScheduleDraft, SlotTime
from mesh_workbench.model.version import ProductVersion
from mesh_workbench.notebooks.presets import with_preset
from mesh_workbench.scheduling.expressions import as_kept

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry


def fitting(draft: ScheduleDraft, notebook: ProductVersion | NotebookAnalysis, slot: SlotTime) -> dict[str, JsonValue]:
    """The parameters as the schedule keeps them, when they and its preset fit the notebook.

    Raises InvalidInput `parameter.*` and `schedule.*`.
    """
    under = with_preset(notebook.presets, draft.preset, {})
    return as_kept(draft.parameters, notebook.parameters, slot, under)


def demand_schedule_fits(registry: Registry, name: ProductName, analysis: NotebookAnalysis) -> None:
    """Refuse a notebook that the schedule which the product has could not run: every slot of it would be missed.

    Raises InvalidInput `promote.schedule-does-not-fit`.
    """
    product = registry.products.get(name.domain, name.product)
    schedule = registry.schedules.get(product.id) if product else None
    if schedule is None:
        return
    now = registry.now()
    try:
        fitting(schedule, analysis, SlotTime(start=now, end=now, timezone=schedule.timezone))
    except InvalidInput as wrong:
        raise InvalidInput(
            "promote.schedule-does-not-fit",
            f"The schedule of {name} does not fit this notebook: {wrong.message}",
            where=wrong.where,
            hint=f"{wrong.hint} Or give the promotion a schedule that fits.".strip(),
        ) from wrong
