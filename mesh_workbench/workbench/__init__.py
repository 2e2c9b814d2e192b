"""Opening and creating workbenches: the one place that picks implementations."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mesh_workbench.errors import Conflict, MeshError, Unavailable
from mesh_workbench.lazy import importing
from mesh_workbench.model.identity import Identity
from mesh_workbench.settings import FILE, find_root, load

if TYPE_CHECKING:
    from mesh_workbench.workbench.local import LocalWorkbench

__all__ = ["create_workbench", "open_workbench"]


def open_workbench(root: Path | None = None, identity: Identity | None = None) -> LocalWorkbench:
    """The workbench in `root`, else the one found from here (MESH_WORKBENCH, working directory, its parents).

    `identity` is who acts; the operating system's user when None. Raises NotFound `workbench.not-found`,
    InvalidInput `settings.invalid`, Unavailable `registry.unreachable`.
    """
    with importing():
        from mesh_workbench.discovery.completion.names import Names
        from mesh_workbench.lifecycle.read_log import ReadLog
        from mesh_workbench.registry import open_registry
        from mesh_workbench.workbench.context import Context
        from mesh_workbench.workbench.identity import system_identity
        from mesh_workbench.workbench.implementations import storage_of
        from mesh_workbench.workbench.local import LocalWorkbench
        from mesh_workbench.workbench.query_sessions import SessionKeeper

    chosen = load(find_root() if root is None else root)
    registry = open_registry(chosen.registry_url)
    return LocalWorkbench(
        Context(
            registry=registry,
            storage=storage_of(chosen),
            settings=chosen,
            identity=identity or system_identity(),
            sessions=SessionKeeper(chosen),
            read_log=ReadLog(registry),
            names=Names(registry),
        )
    )


def create_workbench(
    root: Path, *, registry: str | None = None, storage: str | None = None, name: str | None = None
) -> LocalWorkbench:
    """Make `root` a workbench; the operating system's user becomes its platform administrator.

    Raises Conflict `workbench.exists`, Unavailable `storage.read-only` and `registry.unreachable`; on any error the
    folder holds no mesh.toml, so that nothing is half made.
    """
    from mesh_workbench.model.base import now
    from mesh_workbench.model.identity import Member, Role
    from mesh_workbench.workbench.identity import system_identity

    file = root / FILE
    if file.exists():
        raise Conflict(
            "workbench.exists", f"{root} is a workbench already.", hint="Use it as it is, or choose another folder."
        )
    chosen = {"name": name, "registry": registry, "storage": storage}
    lines = ["# A mesh workbench. The reference documentation lists all settings.", ""]
    lines += [f"{key} = {_toml(value)}" for key, value in chosen.items() if value]
    try:
        root.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as error:
        raise Unavailable(
            "storage.read-only", f"{file} cannot be written: {error.strerror}.", hint="Choose another folder."
        ) from error
    try:
        bench = open_workbench(root)
        with bench.context.registry.transaction():
            if not bench.context.registry.domains.members(None):
                me = system_identity().name
                bench.context.registry.domains.set_member(Member(identity=me, role=Role.PLATFORM_ADMIN, since=now()))
                bench.context.audit("workbench.create", bench.context.settings.title, administrator=me)
    except MeshError:
        file.unlink()
        raise
    return bench


def _toml(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
