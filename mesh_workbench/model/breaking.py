"""Breaking changes: what consumers lose, who they are, and whether they are ready for it."""

from __future__ import annotations

from pydantic import Field

from mesh_workbench.model.base import Instant, Value
from mesh_workbench.model.consumer import Consumer
from mesh_workbench.model.difference import ContractChange


class BreakingPlan(Value):
    """What a promotion that needs a new major version would break."""

    major: int = Field(description="The major version that goes on beside the new one, until its sunset.")
    changes: list[ContractChange] = Field(default_factory=list, description="What consumers can no longer rely on.")
    consumers: list[Consumer] = Field(default_factory=list, description="Who uses what breaks.")
    sunset: Instant = Field(description="Until when the old major version can be read.")
    announced: str | None = Field(None, description="Id under which these consumers were told of it; null when not.")
    waiting: list[str] = Field(
        default_factory=list,
        description="Consumers that have not acknowledged it: an owner must override, and say why.",
    )


class BreakingChange(Value):
    """A change that breaks consumers, told to them before it comes or when it came."""

    id: str = Field(examples=["brk_01k9…"])
    product: str
    product_id: str
    since: str = Field(description="The version that it changes.", examples=["1.4.0"])
    version: str = Field(description="The version that brings it, or will.", examples=["2.0.0"])
    promoted: Instant | None = Field(None, description="When that was promoted; null while it is only announced.")
    changes: list[ContractChange] = Field(default_factory=list)
    consumers: list[Consumer] = Field(default_factory=list, description="Who uses what breaks, and who acknowledged.")
    sunset: Instant = Field(description="Until when the old major version can be read.")
    note: str = Field("", description="What changes, in the owner's words.")
    override: str = Field("", description="Why it was promoted although not all had acknowledged it.")
    by: str
    announced: Instant

    @property
    def waiting(self) -> list[str]:
        """Names of consumers that have not acknowledged it."""
        return [consumer.name for consumer in self.consumers if consumer.acknowledged is None]
