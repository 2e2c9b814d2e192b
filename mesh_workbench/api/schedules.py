"""When products run by themselves."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from mesh_workbench.api.access import Bench, FullName
from mesh_workbench.api.bodies import Reason
from mesh_workbench.api.etag import IfMatch, IfNoneMatch, demand, tagged
from mesh_workbench.errors import NotFound
from mesh_workbench.model.schedule import Schedule, ScheduleDraft, SchedulePreview
from mesh_workbench.workbench.protocol import Workbench

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


@router.post(f"{PATH}/pause", operation_id="pauseSchedule", summary="Let nothing fire until it is resumed")
def pause_schedule(bench: Bench, name: FullName, body: Reason) -> Schedule:
    return bench.schedules.pause(name, reason=body.reason)


@router.post(f"{PATH}/resume", operation_id="resumeSchedule", summary="Let it fire again")
def resume_schedule(bench: Bench, name: FullName) -> Schedule:
    return bench.schedules.resume(name)


@router.post("/schedules/preview", operation_id="previewSchedule", summary="When it would fire; stores nothing")
def preview_schedule(
    bench: Bench, draft: ScheduleDraft, count: Annotated[int, Query(ge=1, le=100, description="How many.")] = 3
) -> SchedulePreview:
    return bench.schedules.preview(draft, count=count)
