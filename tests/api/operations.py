"""Every operation of the API with an example of how to ask for it; a new route needs a line here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mesh_workbench.api.app import create_app
from mesh_workbench.api.prefix import PREFIX

WRITES = {
    "addDomain": {"name": "made_by_a_test"},
    "setMember": {"role": "consumer"},
    "deprecateProduct": {"reason": "A test."},
    "moveSunset": {"reason": "A test.", "until": "2999-01-01T00:00:00Z"},
    "setReview": {"rule": {"approvals": 1, "roles": ["domain_owner"]}},
    "approveReview": {"comment": "Good."},
    "sendBackReview": {"comment": "Not yet."},
    "withdrawReview": {"comment": "The key is wrong."},
    "renameProduct": {"to": "flight_ops.journeys", "reason": "A test."},
    "reinstateProduct": {"reason": "A test."},
    "rollbackProduct": {"reason": "A test.", "release": 1},
    "retireProduct": {"reason": "A test."},
    "setSchedule": {"cron": "0 6 * * *", "timezone": "Europe/Madrid"},
    "pauseSchedule": {"reason": "A test."},
    "resumeSchedule": None,
    "removeSchedule": None,
    "pauseDomain": {"reason": "A test."},
    "resumeDomain": None,
    "beginBackfill": {
        "product": "flight_ops.flights",
        "start": "2013-01-01T00:00:00Z",
        "end": "2013-01-03T00:00:00Z",
        "cut": {"every": "P1D"},
    },
    "pauseBackfill": {"reason": "A test."},
    "resumeBackfill": None,
    "cancelBackfill": {"reason": "A test."},
    "requestRun": {"product": "flight_ops.flights"},
    "cancelRun": None,
    "retryRun": None,
    "announceChange": {"notebook": "NOTEBOOK", "to": "flight_ops.flights"},
    "promote": {"notebook": "NOTEBOOK", "to": "flight_ops.another"},
    "propose": {"notebook": "NOTEBOOK", "to": "reviewed.another"},
    "importBundle": "no bundle",
    "proposeBundle": "no bundle",
    "startPreflight": {"notebook": "NOTEBOOK", "to": "flight_ops.another"},
    "cancelPreflight": None,
    "addGrant": {"identity": "rita", "purpose": "testing"},
    "revokeGrant": None,
}
"""What changes something, with a body that would be accepted."""

HARMLESS_POSTS = {
    "lintContract": {"text": "apiVersion: v3.1.0\n"},
    "previewSchedule": {"cron": "0 6 * * *"},
    "planBackfill": {
        "product": "flight_ops.flights",
        "start": "2013-01-01T00:00:00Z",
        "end": "2013-01-03T00:00:00Z",
        "cut": {"every": "P1D"},
    },
    "complete": {"text": "%%mesh\nSELECT * FROM flight_ops.", "cursor": 32},
    "getMeaning": {"text": "%%mesh\nSELECT carrier FROM flight_ops.flights", "cursor": 17},
    "query": {"statement": "SELECT count(*) AS n FROM flight_ops.flights"},
    "getStanding": {"notebook": "NOTEBOOK", "to": "flight_ops.another"},
    "planPromotion": {"notebook": "NOTEBOOK", "to": "flight_ops.another"},
}
"""Posts that store nothing: everybody may."""

ABOUT_ONESELF = {
    "readNotices": {"ids": None},
    "testChannel": None,
    "setPreferences": {"timezone": "Europe/Madrid", "quiet": {"start": "22:00", "end": "07:00"}},
    "subscribe": {"events": ["failed"]},
    "unsubscribe": None,
    "mute": {"until": None},
    "unmute": None,
    "subscribeToDomain": {},
    "unsubscribeFromDomain": None,
    "acknowledgeChange": {"note": "A test."},
    "muteDomain": {},
    "unmuteDomain": None,
}
"""What changes only how one is told oneself: everybody may."""

FOR_SOME = {"listGrants", "listAudit", "getReview"}
"""Reads that somebody without a role may not do."""


@dataclass(frozen=True)
class Operation:
    """One route with what to send."""

    name: str
    method: str
    path: str
    body: dict[str, Any] | str | None

    def url(self, mesh) -> str:
        values = {
            "domain": "flight_ops",
            "product": "flights",
            "identity": "rita",
            "version": mesh.version,
            "number": "1",
            "port": "flights",
            "run_id": mesh.queued_run_id if self.name in ("cancelRun", "retryRun") else mesh.run_id,
            "report_id": mesh.report_id,
            "grant_id": mesh.grant_id,
            "proposal_id": mesh.proposal_id,
            "backfill_id": mesh.backfill_id,
            "preflight_id": mesh.preflight_id,
            "channel": "email",
            "change_id": mesh.change_id,
            "major": "1",
        }
        queries = {
            "watchRuns": f"?run={mesh.run_id}",
            "getVersionDifference": f"?since={mesh.version}",
            "getVersionFile": "?path=notes.txt",
            "importBundle": "?to=flight_ops",
            "proposeBundle": "?to=reviewed",
            "getImpact": "?column=n",
        }
        return self.path.format(**values) + queries.get(self.name, "")

    def content(self, document: str) -> dict[str, Any] | str | None:
        if not isinstance(self.body, dict) or self.body.get("notebook") != "NOTEBOOK":
            return self.body
        return {**self.body, "notebook": document}


def operations() -> list[Operation]:
    """All of them, from the OpenAPI document."""
    document = create_app(lambda _request: None).openapi()
    bodies = {**WRITES, **HARMLESS_POSTS, **ABOUT_ONESELF}
    return [
        Operation(name, method.upper(), path.removeprefix(PREFIX), bodies.get(name))
        for path, item in document["paths"].items()
        for method, described in item.items()
        for name in (described["operationId"],)
    ]
