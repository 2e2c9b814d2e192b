"""`mesh.read`: a product, as a lazy relation."""

from __future__ import annotations

import functools
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mesh_workbench.errors import InvalidInput, did_you_mean
from mesh_workbench.model.asked_slot import AskedSlot, Interval, words_of
from mesh_workbench.model.base import as_utc, now
from mesh_workbench.model.names import PortName
from mesh_workbench.model.query import ResolvedPort
from mesh_workbench.session.run import CurrentRun, current_run
from mesh_workbench.settings import find_root, load

if TYPE_CHECKING:
    from mesh_workbench.engine.relation import Relation


def read(
    name: str,
    *,
    as_of: datetime | date | str | None = None,
    version: str | int | None = None,
    release: int | None = None,
    slot: Interval | datetime | date | str | int | None = None,
    purpose: str = "",
) -> Relation:
    """The port `domain.product[.port]` at its current release, as a lazy relation: .select() .filter() .limit() narrow
    it, .polars() .pandas() .arrow() .lazy() .duckdb() .batches() give its rows.

    `version` is a major or a full version, `release` a release number, `as_of` a moment (datetime, date or ISO 8601
    text; naive ones are UTC) whose newest release is read, else that of `%mesh as-of`. `purpose` says what for, in the
    log of reads. Inside a run the releases are those that run.json lists, whatever came since.

    `slot` is the time that the data shall be about: 2013, "2013-01", "2013-01-15", a moment, "2013-01/2013-03", or
    `mesh.slot`, which is everything where there is no slot. What has no zone is read in that of each slot; of the
    release those files are read whose slots overlap it.

    Raises InvalidInput `name.not-a-port`, `read.not-a-moment`, `query.bad-slot`, `query.no-slots`, inside a run
    `run.undeclared-input` and `run.pinned-input`; NotFound for what does not exist, also `query.no-such-slot`;
    Forbidden for what you may not read.
    """
    port = PortName.parse(name)
    if version is not None:
        port = PortName.parse(f"{str(port).partition('@')[0]}@{version}")
    moment, about = _moment(as_of), words_of(slot)
    run, large = current_run(), None
    if run is not None:
        from mesh_workbench.engine.noted import note
        from mesh_workbench.engine.of_slot import of_slot

        listed, asked = _listed(run, port, moment, release), None if about is None else AskedSlot.parse(about)
        note(run.folder, run.document.attempt, [(listed, asked, None)])
        resolved = of_slot(listed, asked)
    else:
        from mesh_workbench.workbench.current import current_workbench
        from mesh_workbench.workbench.notebook_time import notebook_time

        moment = moment or notebook_time()
        [resolved] = current_workbench().query.resolve(
            [str(port)], as_of=moment, release=release, slot=about, how="read", purpose=purpose
        )
        large = _large_gb(find_root())
    from mesh_workbench.engine.provenance import provenance_of
    from mesh_workbench.engine.relation import LARGE_GB, Relation

    provenance = provenance_of([resolved], moment or now())
    return Relation(resolved, provenance, large_gb=LARGE_GB if large is None else large)


@functools.lru_cache(maxsize=4)
def _large_gb(root: Path) -> float:
    return load(root).large_frame_gb


def _moment(as_of: datetime | date | str | None) -> datetime | None:
    if isinstance(as_of, str):
        try:
            return as_utc(datetime.fromisoformat(as_of))
        except ValueError as error:
            raise InvalidInput(
                "read.not-a-moment", f"{as_of!r} is not a moment.", hint="Write it like 2013-01-31T06:00:00Z."
            ) from error
    if isinstance(as_of, datetime):
        return as_utc(as_of)
    return None if as_of is None else datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC)


def _listed(run: CurrentRun, port: PortName, moment: datetime | None, release: int | None) -> ResolvedPort:
    inputs = run.document.inputs
    plain = str(port).partition("@")[0]
    found = inputs.get(str(port)) or inputs.get(plain) or _same_port(inputs, port)
    if found is None:
        raise InvalidInput(
            "run.undeclared-input",
            f"This run reads {port}, which version {run.document.version} of {run.document.product} does not declare.",
            hint=f"{did_you_mean(str(port), inputs) if inputs else 'It declares no inputs.'} "
            "Write the name as text in mesh.read, and promote the notebook again.",
            details={"declared": sorted(inputs)},
        )
    wrong_version = port.version is not None and not f"{found.version}.".startswith(f"{port.version}.")
    if moment is not None or wrong_version or release not in (None, found.release):
        raise InvalidInput(
            "run.pinned-input",
            f"This run reads release {found.release} (version {found.version}) of {plain}, decided when it began.",
            hint="Leave out as_of, version and release; to run on other data, run another slot.",
        )
    return found


def _same_port(inputs: dict[str, ResolvedPort], port: PortName) -> ResolvedPort | None:
    """What was declared by another spelling: with a version, or with the port's name written out."""
    for name, resolved in inputs.items():
        declared = PortName.parse(name)
        named = port.port in (None, resolved.port) if declared.port is None else port.port == declared.port
        if declared.product_name == port.product_name and named and (port.port or declared.port is None):
            return resolved
    return None
