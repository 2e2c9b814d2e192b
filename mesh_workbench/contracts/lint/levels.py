"""What can be wrong in service levels."""

from __future__ import annotations

from collections.abc import Iterator

from mesh_workbench.contracts.document import ContractDocument
from mesh_workbench.contracts.lint.problem import Problem
from mesh_workbench.contracts.lint.severities import of_severity
from mesh_workbench.contracts.odcs import ServiceLevel
from mesh_workbench.contracts.service_levels import DATES, NotALevel, limit_of, moment_of, name_of
from mesh_workbench.contracts.source import Path
from mesh_workbench.contracts.vocabulary import SERVICE_LEVELS
from mesh_workbench.errors import did_you_mean


def of_level(level: ServiceLevel, path: Path) -> Iterator[Problem]:
    """Problems of one service level."""
    yield from of_severity(level, path)
    if name_of(level) not in SERVICE_LEVELS:
        message = f"{level.property!r} is not a service level that ODCS names"
        hint = did_you_mean(level.property, SERVICE_LEVELS)
        yield "warning", "contract.unknown-service-level", (*path, "property"), message, hint
    if isinstance(level.unit, str) and level.unit.strip() in ("m", "M"):
        hint = "Write an ISO 8601 duration: P1M or PT1M."
        yield "warning", "contract.ambiguous-unit", (*path, "unit"), "m may mean minutes or months", hint
        return
    if level.value is None:
        where = (*path, "value")
        yield "warning", "contract.service-level", where, f"{level.property} has no value", "Write what is promised."
        return
    problem = limit_of(level).problem
    if problem:
        message, _, hint = problem.partition(": ")
        hint = f"{hint[:1].upper()}{hint[1:]}." if hint else "See the reference of service levels."
        yield "warning", "contract.service-level", (*path, "value"), message, hint


def forgotten(doc: ContractDocument) -> Iterator[Problem]:
    """What the standard's schema does not forbid."""
    yield from _elements(doc)
    seen: dict[tuple[str, str], int] = {}
    dates = {}
    for index, level in enumerate(doc.contract.sla_properties):
        name = name_of(level)
        first = seen.setdefault((name, level.element or ""), index)
        if first != index:
            message = f"{name} is promised twice" + (f" of {level.element}" if level.element else "")
            yield "error", "contract.name-twice", ("slaProperties", index, "property"), message, "Take one away."
        if name in DATES:
            try:
                dates[name] = moment_of(level.value), index
            except NotALevel:
                continue  # which is a problem by itself
    for earlier, later in (DATES[:2], DATES[1:], DATES[::2]):
        if earlier in dates and later in dates and dates[earlier][0] > dates[later][0]:
            where = ("slaProperties", dates[later][1], "value")
            yield "error", "contract.reversed-range", where, f"{later} comes before {earlier}", "Swap the dates."


def _elements(doc: ContractDocument) -> Iterator[Problem]:
    tables = doc.contract.schema_
    known = {name for table in tables for name in (table.name, table.physical_name) if name}
    for table in tables:
        columns = {name for item in table.properties for name in (item.name, item.physical_name) if name}
        known |= columns | {
            f"{name}.{column}" for name in (table.name, table.physical_name) if name for column in columns
        }
    said: list[tuple[Path, str]] = [
        (("slaProperties", index, "element"), level.element or "")
        for index, level in enumerate(doc.contract.sla_properties)
    ]
    for path, elements in [(("slaDefaultElement",), doc.contract.sla_default_element or ""), *said]:
        for element in (one.strip() for one in elements.split(",")):
            if tables and element and element not in known:
                hint = did_you_mean(element, known)
                yield "error", "contract.unknown-column", path, f"there is no {element} here", hint
