"""Tidying the local workbench: what runs left behind, and releases that nobody needs any more."""

from __future__ import annotations

from collections.abc import Callable

from mesh_workbench.lifecycle.tidy import retention_of, tidy
from mesh_workbench.lifecycle.vacuum import keep_of, vacuum
from mesh_workbench.model.retention import Tidied
from mesh_workbench.workbench.context import Context


def tidy_all(context: Context, *, dry_run: bool = False, stop: Callable[[], bool] = lambda: False) -> Tidied:
    """Removes what the settings do not keep; with `dry_run` only says what that is."""
    registry, storage, by = context.registry, context.storage, context.identity.name
    tidied = tidy(registry, storage, retention_of(context.settings), by=by, dry_run=dry_run, stop=stop)
    gone = vacuum(registry, storage, keep_of(context.settings), by=by, dry_run=dry_run, stop=stop)
    more = {"releases": gone.releases, "files": gone.files, "file_bytes": gone.bytes, "log_entries": gone.log_entries}
    return tidied.model_copy(update={**more, "stuck": [*tidied.stuck, *gone.stuck]})
