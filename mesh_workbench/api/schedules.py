"""When products run by themselves."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from mesh_workbench.api.access import Bench, Cursor, FullName, Limit
from mesh_workbench.api.etag import IfMatch, IfNoneMatch, demand, tagged
from mesh_workbench.errors import NotFound
from mesh_workbench.model.base import Page
from mesh_workbench.model.pause import PauseDraft
from mesh_workbench.model.schedule import Schedule, ScheduleDraft, SchedulePreview, Slot
from mesh_workbench.workbench.protocol import Workbench

Count = Annotated[int, Query(ge=1, le=100, description="How many.")]
Zone = Annotated[str | None, Query(max_length=100, description="Zone of times in words.", examples=["Europe/Madrid"])]
ForProduct = Annotated[
    str | None, Query(max_length=200, description="Product whose parameters to fill in.", examples=["fleet.planes"])
]
router = APIRouter(tags=["schedules"])
PATH = "/products/{domain}/{product}/schedule"


def _existing(bench: Workbench, name: str) -> Schedule:
    schedule = bench.schedules.get(name)
    if schedule is None:
        raise NotFound("schedule.none", f"{name} has no schedule.", hint=f"Set one with `mesh schedule set {name}`.")
    return schedule


@router.get(
    PATH,
    operation_id="getSchedule",
    summary="The schedule of a product",
    response_model=Schedule,
    responses={304: {"description": "The client has it already."}},
)
def get_schedule(bench: Bench, name: FullName, if_none_match: IfNoneMatch = None) -> Response:
    schedule = _existing(bench, name)
    return tagged(schedule, schedule.revision, if_none_match)


@router.put(PATH, operation_id="setSchedule", summary="Set or replace the schedule; If-Match guards against surprise")
def set_schedule(bench: Bench, name: FullName, draft: ScheduleDraft, if_match: IfMatch = None) -> Schedule:
    if if_match is not None:
        demand(if_match, _existing(bench, name).revision, f"the schedule of {name}")
    return bench.schedules.set(name, draft)


@router.delete(PATH, operation_id="removeSchedule", summary="Remove it; slots that wait are skipped")
def remove_schedule(bench: Bench, name: FullName, if_match: IfMatch = None) -> Schedule:
    if if_match is not None:
        demand(if_match, _existing(bench, name).revision, f"the schedule of {name}")
    return bench.schedules.remove(name)


@router.post(f"{PATH}/pause", operation_id="pauseSchedule", summary="Let nothing start, until a time or a resume")
def pause_schedule(bench: Bench, name: FullName, body: PauseDraft) -> Schedule:
    return bench.schedules.pause(name, reason=body.reason, until=body.until)


@router.post(f"{PATH}/resume", operation_id="resumeSchedule", summary="Let it fire again")
def resume_schedule(bench: Bench, name: FullName) -> Schedule:
    return bench.schedules.resume(name)


@router.get(f"{PATH}/preview", operation_id="upcomingSlots", summary="What the schedule of a product does next")
def upcoming_slots(bench: Bench, name: FullName, count: Count = 3, zone: Zone = None) -> SchedulePreview:
    return bench.schedules.upcoming(name, count=count, zone=zone)


@router.get(
    "/products/{domain}/{product}/slots", operation_id="listSlots", summary="Slots, with what became of each and why"
)
def list_slots(bench: Bench, name: FullName, cursor: Cursor = None, limit: Limit = 50) -> Page[Slot]:
    return bench.schedules.slots(name, cursor=cursor, limit=limit)


@router.post("/schedules/preview", operation_id="previewSchedule", summary="When it would fire; stores nothing")
def preview_schedule(
    bench: Bench, draft: ScheduleDraft, count: Count = 3, product: ForProduct = None, zone: Zone = None
) -> SchedulePreview:
    return bench.schedules.preview(draft, count=count, product=product, zone=zone)
