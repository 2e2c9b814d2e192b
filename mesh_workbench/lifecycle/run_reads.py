"""What a run read of its inputs, as its kernel noted it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from mesh_workbench.model.access import ReadRecord
from mesh_workbench.model.base import new_id, now
from mesh_workbench.model.query import ResolvedPort
from mesh_workbench.model.run import InputRelease, Run
from mesh_workbench.model.runfolder import READS_FILE, InputRead


def reads_in(folder: Path, attempt: int) -> list[InputRead]:
    """What the attempt noted. Nothing where a line is no such note: then it is not known what else was read."""
    file = folder / READS_FILE
    try:
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        reads = [InputRead.model_validate_json(line) for line in lines]
    except (ValidationError, UnicodeDecodeError):
        return []
    return [read for read in reads if read.attempt == attempt]


def inputs_with_slots(inputs: Mapping[str, ResolvedPort], reads: Sequence[InputRead]) -> list[InputRelease]:
    """The inputs, by name as declared, each with the slots that were read of it."""
    return [
        InputRelease(
            port=name,
            product_id=port.product_id,
            release=port.release,
            version=port.version,
            rows=port.rows,
            slots=_slots(_of(port, reads)),
        )
        for name, port in inputs.items()
    ]


def records(run: Run, ports: Iterable[ResolvedPort], reads: Sequence[InputRead] = ()) -> list[ReadRecord]:
    """For the log of reads: one for each of `ports`, with the columns that were read of it."""
    releases = {(port.product_id, port.port, port.release): port for port in ports}
    return [
        ReadRecord(
            id=new_id("red"),
            at=now(),
            identity=run.acting_identity,
            product_id=port.product_id,
            port=port.port,
            release=port.release,
            how="run",
            run_id=run.id,
            columns=_columns(_of(port, reads)),
        )
        for port in releases.values()
    ]


def _of(port: ResolvedPort, reads: Sequence[InputRead]) -> list[InputRead]:
    key = port.product_id, port.port, port.release
    return [read for read in reads if (read.product_id, read.port, read.release) == key]


def _slots(reads: Sequence[InputRead]) -> list[str] | None:
    """None when all was read, or nothing is known to have been."""
    slots = list(dict.fromkeys(read.slot for read in reads))
    return slots if slots and all(slots) else None


def _columns(reads: Sequence[InputRead]) -> list[str]:
    """Empty for all, which is also what counts when nothing is known."""
    found: list[str] = []
    for read in reads:
        if read.columns is None:
            return []
        found += read.columns
    return list(dict.fromkeys(found))
