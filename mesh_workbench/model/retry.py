"""When a run that failed is tried again by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from mesh_workbench.model.base import Value
from mesh_workbench.settings import FAILURE

if TYPE_CHECKING:
    from mesh_workbench.settings import Settings

Reason = Annotated[str, Field(pattern=FAILURE, examples=["infrastructure", "run.timeout"])]


class RetryPolicy(Value):
    """After which failures a run is tried again, how often, and after which pauses.

    Each pause is twice as long as the one before, and between half of that and all of it by chance, so that runs that
    failed together do not come back together.
    """

    retries: int = Field(2, ge=0, le=100, description="Attempts beside the first that the workbench makes by itself.")
    on: list[Reason] = Field(
        default_factory=lambda: ["infrastructure", "lost", "run.kernel-not-started"],
        description="Classes of failures, or codes of single ones, after which it is tried again.",
    )
    first_pause_s: float = Field(10.0, ge=0, description="Seconds before the first retry.")
    longest_pause_s: float = Field(600.0, ge=0, description="Seconds that a pause never exceeds.")

    @classmethod
    def of(cls, settings: Settings) -> RetryPolicy:
        """The policy that a workbench has set."""
        return cls(
            retries=settings.retries,
            on=settings.retry_on,
            first_pause_s=settings.retry_pause_s,
            longest_pause_s=settings.retry_longest_pause_s,
        )

    def pause_s(self, failure_class: str, code: str, *, made: int, chance: float) -> float | None:
        """Seconds until the next attempt after such a failure and `made` retries; None when none follows.

        `chance` lies between 0 and 1.

        The first loss of a worker says nothing about the run, and its lease has passed already: no pause.
        """
        if made >= self.retries or not {failure_class, code} & set(self.on):
            return None
        if failure_class == "lost" and made == 0:
            return 0.0
        longest = min(self.first_pause_s * 2.0 ** min(made, 60), self.longest_pause_s)
        return longest * (1 + chance) / 2
