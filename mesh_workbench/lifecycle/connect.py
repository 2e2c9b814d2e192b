"""Handing a release to another tool: only to who may read all of it, because files know no access rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from mesh_workbench.errors import Forbidden
from mesh_workbench.lifecycle import query
from mesh_workbench.lifecycle.query import Reader
from mesh_workbench.lifecycle.snippets import over_http, snippets_of
from mesh_workbench.model.connection import Connection
from mesh_workbench.model.query import ResolvedPort


def connect(
    reader: Reader,
    name: str,
    restriction: Callable[[ResolvedPort], str],
    address: str,
    *,
    as_of: datetime | None = None,
    release: int | None = None,
    slot: str | None = None,
) -> Connection:
    """What other tools need to read `name`, or what of it is about `slot`, at its current or the given release.

    `restriction` says in words what the reader may not see of it. Raises what `resolve` raises, and Forbidden
    `connect.restricted`, which shows the way over HTTP.
    """
    [port] = query.read(reader, [name], as_of=as_of, release=release, slot=slot, how="connect").ports
    why = restriction(port)
    if why:
        raise Forbidden(
            "connect.restricted",
            f"{reader.identity.name} may not have the files of {port.product}.{port.port}: {why}.",
            hint=f"Read it here with mesh.read or %%mesh, or over HTTP; in R: {over_http(port, address).code}",
            details={"r": over_http(port, address).code},
        )
    return Connection(
        product=port.product,
        port=port.port,
        release=port.release,
        version=port.version,
        rows=port.rows,
        slot=port.slot,
        table=port.table,
        delta_version=port.delta_version,
        snippets=snippets_of(port, address),
        warnings=port.warnings,
    )
