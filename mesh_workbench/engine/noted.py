"""What the notebook of a run reads of its inputs, noted in the run's folder: only the kernel knows it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mesh_workbench.errors import Unavailable
from mesh_workbench.model.asked_slot import AskedSlot
from mesh_workbench.model.query import ResolvedPort
from mesh_workbench.model.runfolder import READS_FILE, InputRead

Read = tuple[ResolvedPort, AskedSlot | None, Sequence[str] | None]
"""An input, which may be of some slots already, the slots that are asked of it, and the columns; None is all."""


def note(folder: Path, attempt: int, reads: Sequence[Read]) -> None:
    """Note `reads` before they happen, so that one that finds nothing is known, too.

    Raises Unavailable `storage.failed`: a read that is not noted would let a later run end as unchanged that is not.
    """
    lines = [
        InputRead(
            attempt=attempt,
            product_id=port.product_id,
            port=port.port,
            release=port.release,
            slot=asked.text if asked else port.slot,
            columns=None if columns is None else list(columns),
        )
        for port, asked, columns in reads
    ]
    try:
        with (folder / READS_FILE).open("a", encoding="utf-8") as file:
            file.write("".join(f"{line.model_dump_json()}\n" for line in lines))
    except OSError as error:
        raise Unavailable(
            "storage.failed", f"The run folder cannot be written: {error.strerror}.", hint="Free some space, run again."
        ) from error
