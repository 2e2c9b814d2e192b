"""What a run of a product may use."""

from __future__ import annotations

from pydantic import Field

from mesh_workbench.model.base import Value

GB, MB = 1_000_000_000, 1_000_000


class RunLimits(Value):
    """Limits of a product's own, which count where they are tighter than those of the workbench; null is none."""

    run_s: float | None = Field(None, gt=0, description="Seconds that the whole notebook may take.", examples=[600])
    cell_s: float | None = Field(None, gt=0, description="Seconds that one cell may take.")
    memory_gb: float | None = Field(
        None, gt=0, description="Memory in GB (10^9 bytes) that the kernel may use with everything it starts."
    )
    cpus: int | None = Field(None, gt=0, description="Processors that the run may use.")


def tighter(limit: float, other: float | None) -> float:
    """The smaller of two limits of which 0 and None mean that there is none; 0 when there is none."""
    return min((one for one in (limit, other) if one), default=0)
