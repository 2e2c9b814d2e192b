"""Reading: a question in SQL, or names, to rows; access decided and the read logged."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from mesh_workbench.engine.provenance import provenance_of
from mesh_workbench.lifecycle.resolve import Allowed, Resolved, Wanted, resolve
from mesh_workbench.lifecycle.tags import tag_of
from mesh_workbench.model.access import ReadRecord
from mesh_workbench.model.asked_slot import AskedSlot
from mesh_workbench.model.base import as_utc, new_id, now
from mesh_workbench.model.identity import Identity
from mesh_workbench.model.names import PortName
from mesh_workbench.model.plan import QueryPlan
from mesh_workbench.model.query import Answer, Provenance, QueryRequest, ResolvedPort, RowsPage

if TYPE_CHECKING:
    import pyarrow

    from mesh_workbench.engine.local import Frame
    from mesh_workbench.engine.place import Place
    from mesh_workbench.engine.sessions import Sessions
    from mesh_workbench.engine.statement import Statement
    from mesh_workbench.lifecycle.answers import Answers
    from mesh_workbench.registry import Registry
    from mesh_workbench.storage.base import Storage

Log = Callable[[Sequence[ReadRecord]], None]


@dataclass(frozen=True)
class Reader:
    """Who reads, and with what: `allowed` decides, `log` takes the records of what was read, `answers` keeps some."""

    registry: Registry
    storage: Storage
    sessions: Sessions
    identity: Identity
    allowed: Allowed
    log: Log
    answers: Answers | None = None


def read(
    reader: Reader,
    names: Sequence[str],
    *,
    as_of: datetime | None = None,
    release: int | None = None,
    slot: str | None = None,
    how: str = "read",
    run_id: str | None = None,
    purpose: str = "",
) -> Resolved:
    """The releases behind `names`, or what of them is about `slot`, for somebody who reads the files himself. Logs the
    read.

    Raises what `resolve` raises, and InvalidInput `name.not-a-port`, `query.bad-slot`.
    """
    asked = None if slot is None else AskedSlot.parse(slot)
    wanted = [Wanted.parse(name, release=release, slot=asked) for name in names]
    found = resolve(reader.registry, reader.storage, wanted, allowed=reader.allowed, as_of=_utc(as_of))
    reader.log(_Reads(reader.identity, how, run_id, purpose).records(found.ports))
    return found


def sql(
    reader: Reader,
    request: QueryRequest,
    *,
    how: str = "sql",
    known: Collection[str] = (),
    frames: Mapping[str, pyarrow.Table | ResolvedPort] | None = None,
) -> Answer:
    """The answer to a question, as a stream that gives at most `request.limit` rows.

    Whose tag is among `known` is not computed again: the asker has it, and may still read what it is made from.
    `frames` are what names without a domain stand for: tables of the asker's own, or releases, which are resolved
    anew. An answer in which they have a part is nobody else's: it has no tag, and is never kept.
    Raises what `resolve` and `engine.execute` raise; what was read is logged when the stream ends.
    """
    from mesh_workbench.engine.statement import parse

    return _answer(reader, parse(request.statement), request, how, known, frames or {})


def rows(reader: Reader, request: QueryRequest, *, how: str = "sql") -> RowsPage:
    """The first `request.limit` rows of the answer, as JSON with the types beside."""
    from mesh_workbench.engine.page import page

    # One row more than asked for says whether there are more.
    answer = sql(reader, request.model_copy(update={"limit": request.limit + 1}), how=how)
    return page(answer, request.limit)


def sample(
    reader: Reader, name: str, *, limit: int = 50, as_of: datetime | None = None, slot: str | None = None
) -> RowsPage:
    """The first rows of a port, or of what of it is about `slot`, as it is now or was at a moment."""
    port = PortName.parse(name)
    written = f'"{port}"' if port.version else str(port)
    request = QueryRequest(
        statement=f"SELECT * FROM {written}",  # noqa: S608 - parsed
        limit=limit,
        as_of=as_of,
        slots={} if slot is None else {str(port): slot},
    )
    found = rows(reader, request, how="sample")
    return found.model_copy(update={"total": sum(source.rows for source in found.provenance.sources)})


def plan(
    reader: Reader, request: QueryRequest, *, frames: Mapping[str, pyarrow.Table | ResolvedPort] | None = None
) -> QueryPlan:
    """What the statement would read, without computing or logging anything. Raises what `sql` raises."""
    from mesh_workbench.engine.plan import plan as planned
    from mesh_workbench.engine.statement import parse

    statement = parse(request.statement)
    found, sources = _sources(reader, statement, request, frames or {})
    scans, rows = planned(statement, sources, request.parameters, reader.sessions)
    return QueryPlan(provenance=_provenance(found, sources), scans=scans, rows=rows)


def _answer(
    reader: Reader,
    statement: Statement,
    request: QueryRequest,
    how: str,
    known: Collection[str],
    frames: Mapping[str, pyarrow.Table | ResolvedPort],
) -> Answer:
    from mesh_workbench.engine.execute import execute

    started = time.perf_counter()
    found, sources = _sources(reader, statement, request, frames)
    tag = None if frames else tag_of(statement, request, found, reader.identity.name)
    if tag is not None and tag in known:
        return Answer(_nothing(), found.provenance, tag=tag, known=True)
    cancel, kept = None, reader.answers.get(tag) if reader.answers is not None and tag is not None else None
    if kept is not None:
        stream = kept.to_reader()
    else:
        execution = execute(statement, sources, request.parameters, reader.sessions, limit=request.limit)
        stream, cancel = execution.reader, execution.cancel
        if reader.answers is not None and tag is not None:
            stream = reader.answers.keeping(tag, stream)
    reads = _Reads(reader.identity, how, purpose=request.purpose, started=started, statement=statement, sources=sources)
    rows = _logged(stream, reader.log, reads, found.ports)
    provenance = _provenance(found, sources)
    return Answer(rows, provenance, tag=tag) if cancel is None else Answer(rows, provenance, cancel, tag)


def _sources(
    reader: Reader, statement: Statement, request: QueryRequest, frames: Mapping[str, pyarrow.Table | ResolvedPort]
) -> tuple[Resolved, list[ResolvedPort | Frame]]:
    """What the names of the statement are resolved to, and of each name what it is read from."""
    from mesh_workbench.engine.local import Frame, locals_of
    from mesh_workbench.engine.time import releases_of, slots_of, times_of

    times = times_of(statement, request.parameters, reader.sessions)
    local = locals_of(statement, frames)
    releases, slots = releases_of(statement, request), slots_of(statement, request)
    wanted = [
        Wanted(
            name.text,
            name.reference,
            at.moment,
            at.release if at.given else releases.get(name.text.lower()),
            name.place,
            timed=at.given,
            slot=slots.get(name.text.lower()) if name.plain else at.slot,
        )
        if own is None
        else _of_relation(own, name.place)
        for name, at, own in zip(statement.names, times, local, strict=True)
        if not isinstance(own, Frame)
    ]
    found = resolve(reader.registry, reader.storage, wanted, allowed=reader.allowed, as_of=request.as_of)
    ports = iter(found.ports)
    return found, [own if isinstance(own, Frame) else next(ports) for own in local]


def _of_relation(port: ResolvedPort, place: Place | None) -> Wanted:
    """What a relation of the asker's own is read from: the same release and slots, with access decided anew."""
    slot = AskedSlot.parse(port.slot) if port.slot else None
    wanted = Wanted.parse(f"{port.product}.{port.port}", release=port.release, place=place, slot=slot)
    return replace(wanted, timed=True)


def _provenance(found: Resolved, sources: Sequence[ResolvedPort | Frame]) -> Provenance:
    return provenance_of(
        found.ports, found.moment, [one.source for one in sources if not isinstance(one, ResolvedPort)]
    )


def _nothing() -> pyarrow.RecordBatchReader:
    import pyarrow

    return pyarrow.RecordBatchReader.from_batches(pyarrow.schema([]), [])


def _logged(
    reader: pyarrow.RecordBatchReader, log: Log, reads: _Reads, ports: Sequence[ResolvedPort]
) -> pyarrow.RecordBatchReader:
    import pyarrow

    def batches() -> Iterator[Any]:
        count = size = 0
        try:
            for batch in reader:
                count += batch.num_rows
                size += batch.nbytes
                yield batch
        finally:
            log(reads.records(ports, rows=count, size=size))

    return pyarrow.RecordBatchReader.from_batches(reader.schema, batches()) if ports else reader


@dataclass(frozen=True)
class _Reads:
    """One read by somebody, of some ports."""

    identity: Identity
    how: str
    run_id: str | None = None
    purpose: str = ""
    started: float = field(default_factory=time.perf_counter)
    statement: Statement | None = None
    sources: Sequence[ResolvedPort | Frame] = ()

    def records(
        self, ports: Sequence[ResolvedPort], *, rows: int | None = None, size: int | None = None
    ) -> list[ReadRecord]:
        moment, duration = now(), (time.perf_counter() - self.started) * 1000
        releases = {(port.product_id, port.port, port.release): port for port in ports}
        columns = self._columns()
        return [
            ReadRecord(
                id=new_id("red"),
                at=moment,
                identity=self.identity.name,
                product_id=port.product_id,
                port=port.port,
                release=port.release,
                how=self.how,
                purpose=self.purpose,
                run_id=self.run_id,
                columns=columns.get(key, []),
                rows=rows,
                bytes=size,
                duration_ms=round(duration, 3),
            )
            for key, port in releases.items()
        ]

    def _columns(self) -> dict[tuple[str, str, int], list[str]]:
        """Of each port the columns that the statement reads; a port of which it reads all is left out."""
        if self.statement is None:
            return {}
        from mesh_workbench.engine.columns_read import columns_of

        found: dict[tuple[str, str, int], list[str] | None] = {}
        for port, names in zip(self.sources, columns_of(self.statement, self.sources), strict=True):
            if not isinstance(port, ResolvedPort):
                continue
            key = port.product_id, port.port, port.release
            before = found.get(key, [])
            found[key] = None if names is None or before is None else list(dict.fromkeys([*before, *names]))
        return {key: names for key, names in found.items() if names}


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else as_utc(moment)
