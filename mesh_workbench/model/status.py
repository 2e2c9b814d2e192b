"""How the workbench itself is."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mesh_workbench.model.base import Instant, Value


class Worker(Value):
    """A worker that said it is alive."""

    id: str
    identity: str = Field(description="Whose runs it takes; `*` for a service worker.")
    host: str
    pid: int
    started: Instant
    seen: Instant
    busy: int = Field(0, description="Runs it works on now.")
    slots: int = Field(1, description="Runs that it works on at the same time at most.")

    def takes(self, identity: str) -> bool:
        """Whether it takes runs that act on behalf of `identity`."""
        return self.identity in ("*", identity)


class WorkbenchStatus(Value):
    """What the sidebar shows about the workbench as a whole."""

    version: str
    name: str
    location: str = Field(description="Folder of mesh.toml.")
    registry: Literal["sqlite", "postgresql"]
    identity: str
    roles: list[str] = Field(default_factory=list, description="Platform roles of the asking identity.")
    workers: list[Worker] = Field(default_factory=list, description="Alive ones only.")
    queued: int = 0
    running: int = 0
    domains: int = 0
    products: int = 0
    advisory_access: bool = Field(
        False, description="True when access rules cannot be enforced because people share one registry."
    )
