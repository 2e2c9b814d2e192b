"""Product versions of the local workbench."""

from __future__ import annotations

from mesh_workbench.errors import NotFound, did_you_mean
from mesh_workbench.lifecycle.differ import Side, difference
from mesh_workbench.model.access import Action
from mesh_workbench.model.base import Page
from mesh_workbench.model.difference import VersionDifference
from mesh_workbench.model.version import ProductVersion
from mesh_workbench.workbench.context import Context


class LocalVersions:
    """Implements `protocol.Versions` on the registry."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def list(self, name: str, *, cursor: str | None = None, limit: int = 100) -> Page[ProductVersion]:
        product = self._context.product(name)
        return self._context.registry.versions.list(product.id, cursor=cursor, limit=limit)

    def get(self, name: str, version: str | None = None) -> ProductVersion:
        """One version, the newest when none is named. Raises NotFound `version.unknown`."""
        registry = self._context.registry
        product = self._context.product(name)
        found = registry.versions.get(product.id, version) if version else registry.versions.newest(product.id)
        if found is None:
            raise NotFound(
                "version.unknown",
                f"{name} has no version {version}." if version else f"{name} has no version yet.",
                hint=f"Its newest is {product.version}." if product.version else "Promote a notebook first.",
            )
        return found

    def difference(self, name: str, before: str | None = None, after: str | None = None) -> VersionDifference:
        """What is otherwise in version `after` (the newest) than in `before` (the one before that).

        Raises NotFound `version.unknown`, and `version.no-other` when there is none before.
        """
        registry = self._context.registry
        new = self.get(name, after)
        old = self.get(name, before) if before else registry.versions.before(new.product_id, new.version)
        if old is None:
            raise NotFound(
                "version.no-other",
                f"{name} has no version before {new.version} to compare it with.",
                hint="Promote a change first.",
            )
        return difference(name, Side.of(registry, old), Side.of(registry, new))

    def notebook(self, name: str, version: str | None = None) -> str:
        return self._context.registry.blobs.get(self.get(name, version).notebook_blob).decode()

    def file(self, name: str, version: str | None, path: str) -> bytes:
        """Raises NotFound `version.no-file`, Forbidden `access.denied`: a file may hold data."""
        found = self.get(name, version)
        self._context.product(name, Action.READ)
        file = next((file for file in found.files if file.path == path), None)
        if file is None:
            raise NotFound(
                "version.no-file",
                f"{name} {found.version} has no file {path}.",
                hint=did_you_mean(path, [file.path for file in found.files]),
            )
        return self._context.registry.blobs.get(file.digest)

    def lock(self, name: str, version: str | None = None) -> str:
        """Raises NotFound `version.no-lock` for one that was promoted before there were locks."""
        found = self.get(name, version)
        if found.environment.lock is None:
            raise NotFound(
                "version.no-lock",
                f"{name} {found.version} has no lock: only names and versions of distributions were recorded.",
                hint="Promote it again.",
            )
        return self._context.registry.blobs.get(found.environment.lock).decode()
