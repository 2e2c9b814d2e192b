"""Until when data stay as young as a contract promises, when nothing newer comes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from pydantic import JsonValue

from mesh_workbench.contracts.document import ContractDocument
from mesh_workbench.contracts.service_levels import limit_of
from mesh_workbench.model.check import PromiseResult

_AGES = ("sla.freshness", "sla.latency")
"""How old the data were, in seconds, when they were checked."""
_GAPS = ("sla.frequency",)
"""How long after a release the next one comes: that time begins with the check."""
_LONGEST_S = 1e10


def fresh_until(doc: ContractDocument, results: Iterable[PromiseResult], checked: datetime) -> Iterator[datetime]:
    """For each promise about the age of data, or of releases, when it will be broken. `checked` is when it was seen.

    It may have passed: a contract that only warns lets old data be published.
    """
    for result in results:
        place = re.fullmatch(r"slaProperties\[(\d+)\]", result.promise.path)
        if place is None or result.promise.kind not in (*_AGES, *_GAPS):
            continue
        limit = limit_of(doc.contract.sla_properties[int(place[1])])
        allowed = None if limit.problem else _number(limit.operands[0])
        seen = _number(result.observed) if result.promise.kind in _AGES else 0.0
        if allowed is not None and seen is not None and abs(allowed - seen) < _LONGEST_S:
            yield checked + timedelta(seconds=allowed - seen)


def _number(value: JsonValue) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
