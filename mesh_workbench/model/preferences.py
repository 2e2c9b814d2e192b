"""How an identity wants to be told: addresses of channels, zone, quiet hours."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pydantic import Field

from mesh_workbench.model.base import Value
from mesh_workbench.model.notice import NoticeKind

_TIME = r"^([01]\d|2[0-3]):[0-5]\d$"


class Channel(Value):
    """A way by which messages are sent here."""

    name: str = Field(examples=["email"])
    description: str = Field(examples=["E-mail to an address."])


class Address(Value):
    """Where a channel reaches somebody. What is secret is named by where it is, never written down."""

    to: str = Field(
        min_length=1,
        max_length=2000,
        description="E-mail address, URL, or a reference (env:NAME, file:NAME) to a URL that holds a token.",
        examples=["ana@example.org", "https://example.org/hook", "env:MESH_NOTIFY_TEAM"],
    )
    secret: str = Field(
        "",
        max_length=500,
        description="Reference to the key that signs what a webhook gets.",
        examples=["env:MESH_NOTIFY_KEY", "file:hook-key"],
    )


class QuietHours(Value):
    """A time of every day in which messages wait; it may go over midnight."""

    start: str = Field(pattern=_TIME, examples=["22:00"])
    end: str = Field(pattern=_TIME, examples=["07:00"])

    def over(self, moment: datetime, zone: str) -> datetime:
        """The first instant from `moment` on that is not quiet, in UTC. Wall-clock times are those of `zone`."""
        local = moment.astimezone(ZoneInfo(zone))
        start, end, now = time.fromisoformat(self.start), time.fromisoformat(self.end), local.time()
        through_midnight = start > end
        quiet = (now >= start or now < end) if through_midnight else start <= now < end
        if not quiet:
            return moment.astimezone(UTC)
        day = local.date() + timedelta(days=1 if through_midnight and now >= start else 0)
        ends = datetime.combine(day, end, ZoneInfo(zone))
        # A change of clocks may bring the time twice, or not at all: the later reading is right for both.
        return max(ends.replace(fold=fold).astimezone(UTC) for fold in (0, 1))


class PreferencesDraft(Value):
    """What one says about how to be told."""

    addresses: dict[str, Address] = Field(
        default_factory=dict,
        max_length=20,
        description="Channel to address; a channel without one is not used.",
        examples=[{"email": {"to": "ana@example.org"}}],
    )
    timezone: str = Field(
        "UTC",
        max_length=100,
        description="IANA zone of quiet hours and of times in messages.",
        examples=["Europe/Madrid"],
    )
    quiet: QuietHours | None = Field(None, description="When messages wait; null for never.")
    urgent: list[NoticeKind] = Field(
        default_factory=list, max_length=10, description="What is told in quiet hours, too."
    )

    def ready(self, moment: datetime) -> datetime:
        """The first instant from `moment` on that is not quiet, in UTC."""
        return self.quiet.over(moment, self.timezone) if self.quiet else moment


class Preferences(PreferencesDraft):
    """How one identity is told."""

    identity: str
    revision: int = Field(0, description="Counts edits; 0 when nothing was set yet.")
