"""A new pause of a product or of a domain."""

from __future__ import annotations

from datetime import datetime

from mesh_workbench.errors import InvalidInput
from mesh_workbench.model.base import as_utc
from mesh_workbench.model.pause import Pause
from mesh_workbench.workbench.context import Context


def new_pause(context: Context, scope: str, reason: str, until: datetime | None) -> Pause:
    """A pause that begins now. Raises InvalidInput `schedule.pause-over` when `until` is not ahead."""
    moment = context.registry.now()
    if until is not None and as_utc(until) <= moment:
        raise InvalidInput(
            "schedule.pause-over",
            f"The pause would end {as_utc(until):%Y-%m-%d %H:%M} UTC, which is over.",
            hint="Give a time that is ahead, or none.",
        )
    return Pause(scope=scope, reason=reason, until=until, by=context.identity.name, since=moment)
