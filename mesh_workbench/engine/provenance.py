"""What an answer was made from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mesh_workbench.model.query import LocalSource, Provenance, ReadSource, ResolvedPort


def provenance_of(ports: Sequence[ResolvedPort], moment: datetime, frames: Sequence[LocalSource] = ()) -> Provenance:
    """The provenance of an answer from `ports` at `moment`; what is read of a name is listed once, as first written."""
    sources: dict[tuple[str, int, str, bool], ReadSource] = {}
    for port in ports:
        sources.setdefault(
            (port.name.lower(), port.release, port.slot, port.timed),
            ReadSource(
                name=port.name,
                port=port.port,
                release=port.release,
                version=port.version,
                rows=port.rows,
                slot=port.slot,
                access=port.access,
                timed=port.timed,
            ),
        )
    warnings = dict.fromkeys(warning for port in ports for warning in port.warnings)
    local = {frame.name: frame for frame in frames}
    return Provenance(
        moment=moment, sources=list(sources.values()), frames=list(local.values()), warnings=list(warnings)
    )
