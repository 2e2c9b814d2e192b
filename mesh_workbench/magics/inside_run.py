"""Answering inside a run: from the releases that run.json lists, without registry or workbench."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from mesh_workbench.engine.columns_read import columns_of
from mesh_workbench.engine.execute import execute
from mesh_workbench.engine.local import Frame, locals_of
from mesh_workbench.engine.noted import note
from mesh_workbench.engine.of_slot import of_slot
from mesh_workbench.engine.place import pointing
from mesh_workbench.engine.provenance import provenance_of
from mesh_workbench.engine.sessions import Sessions
from mesh_workbench.engine.statement import parse
from mesh_workbench.engine.time import slots_of, times_of
from mesh_workbench.errors import InvalidInput, MeshError, Unavailable, did_you_mean
from mesh_workbench.model.asked_slot import AskedSlot
from mesh_workbench.model.base import now
from mesh_workbench.model.names import PortName
from mesh_workbench.model.query import Answer, QueryRequest, ResolvedPort
from mesh_workbench.model.runfolder import RUN_FILE, RunFolder

if TYPE_CHECKING:
    import pyarrow

    from mesh_workbench.engine.names import NamedTable


def answer(folder: Path, request: QueryRequest, frames: Mapping[str, pyarrow.Table | ResolvedPort]) -> Answer:
    """The answer to `request` from the inputs of the run in `folder`, and from frames of its notebook.

    Raises InvalidInput `run.undeclared-input` and `run.pinned-input`, which point at the name, and `query.*`.
    """
    run = _run(folder)
    statement = parse(request.statement)
    if request.as_of is not None or request.releases:
        raise InvalidInput(
            "run.pinned-input",
            "A run reads the releases that were decided when it began.",
            hint="Leave out --as-of and --again.",
        )
    local = locals_of(statement, frames)
    for name in statement.names:
        _demand_no_time(name)
    times, slots = times_of(statement, request.parameters, _sessions()), slots_of(statement, request)
    asked = [
        slots.get(one.text.lower()) if one.plain else at.slot for one, at in zip(statement.names, times, strict=True)
    ]
    inputs = [
        own if isinstance(own, Frame) else _input(run, name, own)
        for name, own in zip(statement.names, local, strict=True)
    ]
    read = zip(inputs, asked, columns_of(statement, inputs), strict=True)
    note(folder, run.attempt, [(one, slot, columns) for one, slot, columns in read if not isinstance(one, Frame)])
    sources = [
        one if isinstance(one, Frame) else of_slot(one, slot, name.place)
        for one, slot, name in zip(inputs, asked, statement.names, strict=True)
    ]
    execution = execute(statement, sources, request.parameters, _sessions(), limit=request.limit)
    ports = [source for source in sources if not isinstance(source, Frame)]
    used = [source.source for source in sources if isinstance(source, Frame)]
    return Answer(execution.reader, provenance_of(ports, now(), used), execution.cancel)


def _input(run: RunFolder, name: NamedTable, own: ResolvedPort | None) -> ResolvedPort:
    """The input that is named, or that `own`, a relation of the notebook, is of."""
    if own is not None:
        key = own.product, own.port, own.release
        same = [one for one in run.inputs.values() if (one.product, one.port, one.release) == key]
        found = of_slot(same[0], AskedSlot.parse(own.slot) if own.slot else None) if same else None
    else:
        found = run.inputs.get(str(name.reference)) or (_same_port(run, name.reference) if name.reference else None)
    if found is None:
        raise _undeclared(run, name)
    return found


def _demand_no_time(name: NamedTable) -> None:
    if name.timed:
        raise pointing(
            InvalidInput,
            "run.pinned-input",
            "A run reads the releases that were decided when it began.",
            name.place,
            hint="Leave out AT (…); only {slot: …} may stand there.",
        )


def _same_port(run: RunFolder, wanted: PortName) -> ResolvedPort | None:
    """The input that is the same port by another spelling: its name written out, or without a version."""
    for written, resolved in run.inputs.items():
        declared = PortName.parse(written)
        same_product = declared.product_name == wanted.product_name
        same_port = declared.port == wanted.port or (declared.port is None and wanted.port == resolved.port)
        same_version = wanted.version is None or f"{resolved.version}.".startswith(f"{wanted.version}.")
        if same_product and same_port and same_version:
            return resolved
    return None


def _undeclared(run: RunFolder, name: NamedTable) -> MeshError:
    hint = did_you_mean(name.text, run.inputs) if run.inputs else "It declares no inputs."
    return pointing(
        InvalidInput,
        "run.undeclared-input",
        f"version {run.version} of {run.product} does not declare that it reads {name.text}.",
        name.place,
        hint=f"{hint} Promote the notebook again.",
    )


@functools.lru_cache(maxsize=1)
def _sessions() -> Sessions:
    return Sessions(spare=False)


@functools.lru_cache(maxsize=4)
def _run(folder: Path) -> RunFolder:
    try:
        return RunFolder.model_validate_json((folder / RUN_FILE).read_bytes())
    except (OSError, ValidationError) as error:
        raise Unavailable("run.bad-folder", f"{folder / RUN_FILE} cannot be read: {error}.") from error
