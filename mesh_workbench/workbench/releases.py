"""Releases of the local workbench."""

from __future__ import annotations

from mesh_workbench.errors import NotFound
from mesh_workbench.model.base import Page
from mesh_workbench.model.release import Release
from mesh_workbench.workbench.context import Context


class LocalReleases:
    """Implements `protocol.Releases` on the registry."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def list(self, name: str, *, cursor: str | None = None, limit: int = 50) -> Page[Release]:
        product = self._context.product(name)
        return self._context.registry.releases.list(product.id, cursor=cursor, limit=limit)

    def get(self, name: str, number: int | None = None) -> Release:
        """One release, the current one when no number is given. Raises NotFound `release.unknown`."""
        product = self._context.product(name)
        releases = self._context.registry.releases
        found = releases.latest(product.id) if number is None else releases.get(product.id, number)
        if found is None:
            raise NotFound(
                "release.unknown",
                f"{name} has no release {number}." if number is not None else f"{name} has not been published yet.",
                hint=f"The newest is {product.release}." if product.release else f"Run it: mesh run {name}",
            )
        return found
