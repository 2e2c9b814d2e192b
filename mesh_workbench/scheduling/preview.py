"""What a schedule would do, before it does it: the next slots in words, in the zone of who asks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mesh_workbench.model.duration import Duration
from mesh_workbench.model.notebook import NotebookAnalysis
from mesh_workbench.model.schedule import AwaitedInput, PlannedSlot, ScheduleDraft
from mesh_workbench.model.version import ProductVersion
from mesh_workbench.notebooks.presets import with_preset
from mesh_workbench.scheduling.expressions import filled
from mesh_workbench.scheduling.fires import next_fire, next_slot
from mesh_workbench.scheduling.upstream import majors_of, seen_now
from mesh_workbench.scheduling.zones import zone_of

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry


def planned(
    draft: ScheduleDraft, notebook: ProductVersion | NotebookAnalysis | None, now: datetime, *, count: int, zone: str
) -> list[PlannedSlot]:
    """The next `count` slots after `now`; with the values of the parameters when their `notebook` is known.

    Raises what `next_fire` and `filled` raise.
    """
    found: list[PlannedSlot] = []
    under = with_preset(notebook.presets, draft.preset, {}) if notebook else {}
    slot = next_slot(draft, now)
    while slot is not None and len(found) < count:
        found.append(
            PlannedSlot(
                at=slot.end,
                words=in_words(slot.end, now, zone),
                slot=slot,
                parameters=filled(draft.parameters, notebook.parameters, slot, under) if notebook else {},
            )
        )
        following = next_fire(draft, slot.end)
        slot = slot.model_copy(update={"start": slot.end, "end": following}) if following else None
    return found


def awaited(registry: Registry, version: ProductVersion, seen: Mapping[str, int] | None = None) -> list[AwaitedInput]:
    """The inputs of a version whose releases a schedule waits for; `seen` are those that it has acted on."""
    newest = seen_now(registry, version)
    found = []
    for upstream in majors_of(version):
        product = registry.products.get(*upstream.split(".", 1))
        schedule = registry.schedules.get(product.id) if product else None
        found.append(
            AwaitedInput(
                product=upstream,
                seen=(newest if seen is None else seen).get(upstream, newest[upstream]),
                newest=newest[upstream],
                next_fire=schedule.next_fire if schedule else None,
            )
        )
    return found


def in_words(moment: datetime, now: datetime, zone: str) -> str:
    """`Tuesday 3 March 2026, 06:00 CET, in 4 hours`. Raises InvalidInput `schedule.unknown-zone`."""
    local = moment.astimezone(zone_of(zone))
    clock = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    return f"{local:%A} {local.day} {local:%B %Y}, {clock} {local:%Z}, {_ahead(moment - now)}"


def _ahead(length: timedelta) -> str:
    """`in 4 hours`: rounded to the unit that says enough."""
    seconds = max(0, round(length.total_seconds()))
    for unit in (86_400, 3600, 60):
        if seconds >= 2 * unit:
            seconds = round(seconds / unit) * unit
            break
    days, rest = divmod(seconds, 86_400)
    said = f"{days} days" if days > 1 else Duration(seconds=days * 86_400 + rest).words()
    return f"in {said}"
