"""What an answer was made from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mesh_workbench.model.query import Provenance, ReadSource, ResolvedPort


def provenance_of(ports: Sequence[ResolvedPort], moment: datetime) -> Provenance:
    """The provenance of an answer from `ports` at `moment`; a port that is named twice is listed once."""
    sources = {
        (port.product, port.port, port.release): ReadSource(
            name=port.name, port=port.port, release=port.release, version=port.version, rows=port.rows
        )
        for port in ports
    }
    warnings = dict.fromkeys(warning for port in ports for warning in port.warnings)
    return Provenance(moment=moment, sources=list(sources.values()), warnings=list(warnings))
