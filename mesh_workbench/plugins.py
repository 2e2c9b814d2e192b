"""What other distributions add: rules, executors, storages and notifiers, found by entry point."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Any, Literal

from mesh_workbench.errors import Unavailable

Seam = Literal["rules", "executors", "storages", "notifiers"]


def added(seam: Seam) -> dict[str, Any]:
    """The objects that entry points of `mesh_workbench.<seam>` name, by entry point name.

    Raises Unavailable `plugin.broken` when one cannot be imported: a rule that is silently missing would be a
    promise that is silently not checked.
    """
    found: dict[str, Any] = {}
    for point in entry_points(group=f"mesh_workbench.{seam}"):
        try:
            found[point.name] = point.load()
        except (ImportError, AttributeError) as error:
            raise Unavailable(
                "plugin.broken",
                f"The plugin {point.name!r} ({point.value}) cannot be imported: {error}.",
                hint="Reinstall or remove the distribution that brings it.",
            ) from error
    return found
