"""Reading, in this process: LocalQuery."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from mesh_workbench.lifecycle import query
from mesh_workbench.lifecycle.port_rows import port_rows
from mesh_workbench.lifecycle.query import Reader
from mesh_workbench.model.access import Action
from mesh_workbench.model.query import Answer, QueryRequest, ResolvedPort, RowsPage
from mesh_workbench.model.rows import RowsRequest
from mesh_workbench.workbench.context import Context

if TYPE_CHECKING:
    import pyarrow


class LocalQuery:
    """Implements `protocol.Query`; decides access with the context and logs every read."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def sql(
        self,
        request: QueryRequest,
        *,
        known: Collection[str] = (),
        frames: Mapping[str, pyarrow.Table | ResolvedPort] | None = None,
    ) -> Answer:
        return query.sql(self._reader(), request, known=known, frames=frames)

    def port_rows(self, request: RowsRequest, *, known: Collection[str] = ()) -> Answer:
        return port_rows(self._reader(), request, known=known)

    def resolve(
        self,
        names: list[str],
        *,
        as_of: datetime | None = None,
        release: int | None = None,
        how: str = "read",
        run_id: str | None = None,
    ) -> list[ResolvedPort]:
        found = query.read(self._reader(), names, as_of=as_of, release=release, how=how, run_id=run_id)
        return list(found.ports)

    def sample(self, name: str, *, limit: int = 50) -> RowsPage:
        return query.sample(self._reader(), name, limit=limit)

    def rows(self, request: QueryRequest) -> RowsPage:
        return query.rows(self._reader(), request)

    def _reader(self) -> Reader:
        context = self._context
        return Reader(
            registry=context.registry,
            storage=context.storage,
            sessions=context.sessions.get(),
            identity=context.identity,
            allowed=lambda product: context.decide(Action.READ, product=product),
            log=context.read_log.add,
        )
