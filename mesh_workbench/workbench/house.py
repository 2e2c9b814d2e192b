"""Looking after the local workbench."""

from __future__ import annotations

from mesh_workbench.lifecycle.tidy import retention_of, tidy
from mesh_workbench.model.access import Action
from mesh_workbench.model.retention import Tidied
from mesh_workbench.workbench.context import Context


class LocalHouse:
    """Implements `protocol.House` on registry and storage."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def tidy(self, *, dry_run: bool = False) -> Tidied:
        """Remove what runs left behind and the settings do not keep; with `dry_run` only say what that is.

        Raises Forbidden `access.denied` except for platform administrators, Conflict `tidy.busy`, Unavailable
        `storage.*`.
        """
        context = self._context
        context.demand(Action.ADMINISTER)
        retention = retention_of(context.settings)
        return tidy(context.registry, context.storage, retention, by=context.identity.name, dry_run=dry_run)
