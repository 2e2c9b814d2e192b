"""Reading, in this process: LocalQuery."""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from mesh_workbench.lifecycle import query
from mesh_workbench.lifecycle.query import Reader
from mesh_workbench.lifecycle.read_log import ReadLog
from mesh_workbench.model.access import Action
from mesh_workbench.model.query import Answer, QueryRequest, ResolvedPort, RowsPage
from mesh_workbench.workbench.context import Context

if TYPE_CHECKING:
    from mesh_workbench.engine.sessions import Sessions
    from mesh_workbench.registry import Registry


@dataclass(frozen=True)
class _Shared:
    """What all identities of one workbench share: warm sessions and the log of reads."""

    sessions: Sessions
    log: ReadLog


_shared: weakref.WeakKeyDictionary[Registry, _Shared] = weakref.WeakKeyDictionary()


class LocalQuery:
    """Implements `protocol.Query`; decides access with the context and logs every read."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def sql(self, request: QueryRequest) -> Answer:
        return query.sql(self._reader(), request)

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

    def close(self) -> None:
        """Write the log of reads and forget the sessions."""
        shared = _shared.pop(self._context.registry, None)
        if shared is not None:
            shared.sessions.close()
            shared.log.close()

    def _reader(self) -> Reader:
        context = self._context
        shared = _shared.get(context.registry) or self._open()
        return Reader(
            registry=context.registry,
            storage=context.storage,
            sessions=shared.sessions,
            identity=context.identity,
            allowed=lambda product: context.decide(Action.READ, product=product),
            log=shared.log.add,
        )

    def _open(self) -> _Shared:
        from mesh_workbench.engine.session import Limits
        from mesh_workbench.engine.sessions import Sessions

        settings = self._context.settings
        limits = Limits(memory=settings.query_memory, timeout_s=settings.query_timeout_s)
        return _shared.setdefault(self._context.registry, _Shared(Sessions(limits), ReadLog(self._context.registry)))
