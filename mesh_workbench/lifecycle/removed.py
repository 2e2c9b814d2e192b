"""What is said of a release that retention removed, wherever somebody asks for it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from mesh_workbench.engine.place import Place, pointing
from mesh_workbench.errors import MeshError, NotFound
from mesh_workbench.model.release import Release

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry


def release_removed(
    registry: Registry, release: Release, *, moment: datetime | None = None, place: Place | None = None
) -> MeshError:
    """NotFound `release.removed`: when, why, and which is the oldest that can be read."""
    assert release.removed is not None
    then = f", which was current at {moment:%Y-%m-%d %H:%M:%S} UTC," if moment else ""
    oldest = registry.past_releases.oldest(release.product_id)
    return pointing(
        NotFound,
        "release.removed",
        f"Release {release.number} of {release.product}{then} was removed on {release.removed:%Y-%m-%d %H:%M} UTC: "
        f"{release.removed_because}.",
        place,
        hint=f"The oldest that still exists is release {oldest.number}, of {oldest.published:%Y-%m-%d %H:%M:%S} UTC."
        if oldest
        else "",
    )
