"""Reading, in this process: LocalQuery."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from mesh_workbench.lifecycle import query
from mesh_workbench.lifecycle.answers import Answers
from mesh_workbench.lifecycle.connect import connect
from mesh_workbench.lifecycle.port_rows import port_rows
from mesh_workbench.lifecycle.query import Reader
from mesh_workbench.model.access import Action
from mesh_workbench.model.connection import Connection
from mesh_workbench.model.plan import QueryPlan
from mesh_workbench.model.query import Answer, QueryRequest, ResolvedPort, RowsPage
from mesh_workbench.model.rows import RowsRequest
from mesh_workbench.workbench.context import Context

if TYPE_CHECKING:
    import pyarrow

API = "/mesh-workbench/api/v1"
"""Where the HTTP API lives below the address of JupyterLab."""


class LocalQuery:
    """Implements `protocol.Query`; decides access with the context and logs every read."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._answers = Answers()

    def sql(
        self,
        request: QueryRequest,
        *,
        known: Collection[str] = (),
        frames: Mapping[str, pyarrow.Table | ResolvedPort] | None = None,
    ) -> Answer:
        return query.sql(self._reader(), request, known=known, frames=frames)

    def plan(
        self, request: QueryRequest, *, frames: Mapping[str, pyarrow.Table | ResolvedPort] | None = None
    ) -> QueryPlan:
        return query.plan(self._reader(), request, frames=frames)

    def port_rows(self, request: RowsRequest, *, known: Collection[str] = ()) -> Answer:
        return port_rows(self._reader(), request, known=known)

    def resolve(
        self,
        names: list[str],
        *,
        as_of: datetime | None = None,
        release: int | None = None,
        slot: str | None = None,
        how: str = "read",
        run_id: str | None = None,
        purpose: str = "",
    ) -> list[ResolvedPort]:
        found = query.read(
            self._reader(), names, as_of=as_of, release=release, slot=slot, how=how, run_id=run_id, purpose=purpose
        )
        return list(found.ports)

    def inputs(self, names: list[str]) -> list[ResolvedPort]:
        """The releases behind `names`, for a run: what it reads of them is logged when that is known."""
        return list(query.read(replace(self._reader(), log=lambda _records: None), names).ports)

    def sample(self, name: str, *, limit: int = 50, as_of: datetime | None = None, slot: str | None = None) -> RowsPage:
        return query.sample(self._reader(), name, limit=limit, as_of=as_of, slot=slot)

    def rows(self, request: QueryRequest) -> RowsPage:
        return query.rows(self._reader(), request)

    def connect(
        self, name: str, *, as_of: datetime | None = None, release: int | None = None, slot: str | None = None
    ) -> Connection:
        address = f"{self._context.settings.lab_url.rstrip('/') or 'http://localhost:8888'}{API}"
        return connect(self._reader(), name, self._restriction, address, as_of=as_of, release=release, slot=slot)

    def _restriction(self, port: ResolvedPort) -> str:
        """What keeps the acting identity from the files of a port that it may read; empty when nothing does."""
        product = self._context.registry.products.by_id(port.product_id)
        if product is None or self._context.decide(Action.READ, product=product, granted=False).allowed:
            return ""
        grants = self._context.registry.grants.active(self._context.identity.name, product.id)
        if any(grant.row_filter is None and grant.port in (None, port.port) for grant in grants):
            return ""
        return "the grant is for some of its rows or ports only, and files hold all of them"

    def _reader(self) -> Reader:
        context = self._context
        return Reader(
            registry=context.registry,
            storage=context.storage,
            sessions=context.sessions.get(),
            identity=context.identity,
            allowed=lambda products: context.decide_all(Action.READ, products),
            log=context.read_log.add,
            answers=self._answers,
        )
