"""Rows of one port for people without SQL: the same way as a statement, which is composed here."""

from __future__ import annotations

from collections.abc import Collection

from mesh_workbench.lifecycle import query
from mesh_workbench.lifecycle.query import Reader
from mesh_workbench.lifecycle.resolve import Wanted, resolve
from mesh_workbench.model.asked_slot import AskedSlot
from mesh_workbench.model.query import Answer, QueryRequest
from mesh_workbench.model.rows import RowsRequest


def port_rows(reader: Reader, request: RowsRequest, *, known: Collection[str] = (), how: str = "rows") -> Answer:
    """The rows that `request` asks for, from one release whatever is published meanwhile.

    Raises what `resolve` raises, InvalidInput `rows.*`, `query.bad-slot` and `cursor.invalid`.
    """
    from mesh_workbench.engine.rows import statement_of

    release, offset = request.begin()
    slot = None if request.slot is None else AskedSlot.parse(request.slot)
    wanted = Wanted.parse(request.port, release=release, slot=slot)
    found = resolve(reader.registry, reader.storage, [wanted], allowed=reader.allowed, as_of=request.as_of)
    statement, values = statement_of(found.ports[0], request, offset, reader.sessions)
    question = QueryRequest(statement=statement, parameters=values, limit=request.limit)
    return query.sql(reader, question, how=how, known=known)
