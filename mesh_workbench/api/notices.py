"""What the asking identity is told, and how."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from mesh_workbench.api.access import Bench, Cursor, Limit
from mesh_workbench.api.bodies import NoticeIds
from mesh_workbench.api.etag import IfMatch, IfNoneMatch, demand, tagged
from mesh_workbench.model.base import Page
from mesh_workbench.model.delivery import Delivery
from mesh_workbench.model.notice import Notice, NoticeSummary
from mesh_workbench.model.preferences import Channel, Preferences, PreferencesDraft

router = APIRouter(prefix="/notices", tags=["notices"])


@router.get("", operation_id="listNotices", summary="What one was told, newest first")
def list_notices(
    bench: Bench,
    unread: Annotated[bool, Query(description="Only what was not read.")] = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Notice]:
    return bench.notices.list(unread=unread, cursor=cursor, limit=limit)


@router.get("/summary", operation_id="getNoticeSummary", summary="How much there is to read")
def get_notice_summary(bench: Bench) -> NoticeSummary:
    return bench.notices.summary()


@router.post("/read", operation_id="readNotices", summary="Mark notices as read")
def read_notices(bench: Bench, body: NoticeIds) -> NoticeSummary:
    return bench.notices.read(body.ids)


@router.get("/channels", operation_id="listChannels", summary="By which channels messages are sent here")
def list_channels(bench: Bench) -> Page[Channel]:
    return Page(items=bench.notices.channels())


@router.post("/channels/{channel}/test", operation_id="testChannel", summary="Send a message to one's own address, now")
def check_channel(
    bench: Bench, channel: Annotated[str, Path(min_length=1, max_length=64, examples=["email"])]
) -> Delivery:
    return bench.notices.test(channel)


@router.get(
    "/preferences",
    operation_id="getPreferences",
    summary="How one is told: addresses, zone, quiet hours",
    response_model=Preferences,
    responses={304: {"description": "The client has it already."}},
)
def get_preferences(bench: Bench, if_none_match: IfNoneMatch = None) -> Response:
    preferences = bench.notices.preferences()
    return tagged(preferences, preferences.revision, if_none_match)


@router.put("/preferences", operation_id="setPreferences", summary="Say how to be told; If-Match guards from surprise")
def set_preferences(bench: Bench, draft: PreferencesDraft, if_match: IfMatch = None) -> Preferences:
    if if_match is not None:
        demand(if_match, bench.notices.preferences().revision, "how you are told")
    return bench.notices.set_preferences(draft)


@router.get("/deliveries", operation_id="listDeliveries", summary="Messages and what became of them, newest first")
def list_deliveries(
    bench: Bench,
    everybody: Annotated[bool, Query(description="Those to everybody; for platform administrators.")] = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Delivery]:
    return bench.notices.deliveries(everybody=everybody, cursor=cursor, limit=limit)
