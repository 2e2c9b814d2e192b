"""The queue: how many runs may go on at once, and what one that waits waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from mesh_workbench.model.base import Value

if TYPE_CHECKING:
    from mesh_workbench.settings import Settings


class QueueLimits(Value):
    """Runs that may be worked on at the same time, whatever the number of workers; 0 means no limit."""

    product: int = Field(0, ge=0, description="Of one product.")
    domain: int = Field(0, ge=0, description="Of one domain.")
    named: dict[str, int] = Field(
        default_factory=dict, description="Of single domains and products instead, by name.", examples=[{"fleet": 2}]
    )

    @classmethod
    def of(cls, settings: Settings) -> QueueLimits:
        """The limits that a workbench has set."""
        return cls(product=settings.product_runs, domain=settings.domain_runs, named=settings.run_limits)

    def of_name(self, name: str) -> int:
        """The limit of the domain or product `name`."""
        return self.named.get(name, self.product if "." in name else self.domain)

    def reached(self, name: str, running: int) -> bool:
        """Whether the domain or product `name` has as many runs at work as it may."""
        limit = self.of_name(name)
        return bool(limit) and running >= limit


class Waiting(Value):
    """Where a run stands in the queue."""

    position: int | None = Field(
        None, description="1 is next, as things are now; null while it may not be taken yet.", examples=[3]
    )
    reason: str = Field(description="What it waits for.", examples=["Every place of the workers is taken."])
