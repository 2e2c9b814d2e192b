"""What other distributions add: rules, executors, storages and notifiers, found by entry point."""

from __future__ import annotations

import functools
from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Literal

from mesh_workbench.errors import Unavailable

Seam = Literal["rules", "executors", "storages", "notifiers"]


def added(seam: Seam) -> dict[str, Callable[..., Any]]:
    """What makes the things that entry points of `mesh_workbench.<seam>` name, by the name of the entry point.

    Nothing is imported before it is called, so that what is broken harms nobody who does not ask for it; then it raises
    Unavailable `plugin.broken`. An entry point that names a thing, and not what makes one, gives the thing.
    """
    return {point.name: functools.partial(_made, point) for point in _points(f"mesh_workbench.{seam}")}


@functools.cache
def _points(group: str) -> tuple[EntryPoint, ...]:
    """Found once: it takes a look at every installed distribution."""
    return tuple(entry_points(group=group))


def _made(point: EntryPoint, *arguments: object) -> Any:
    try:
        found = point.load()
    except (Exception, SystemExit) as error:  # a module does whatever its author wrote
        raise Unavailable(
            "plugin.broken",
            f"The plugin {point.name!r} ({point.value}) cannot be imported: {type(error).__name__}: {error}.",
            hint="Reinstall or remove the distribution that brings it.",
        ) from error
    return found(*arguments) if callable(found) else found
