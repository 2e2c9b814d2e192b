"""The ports that a notebook reads: `mesh.read("…")`, `%%mesh` cells and `%mesh sql …`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence

from mesh_workbench.errors import InvalidInput, MeshError
from mesh_workbench.model.names import PortName
from mesh_workbench.model.notebook import Finding, InputSpec
from mesh_workbench.notebooks.calls import Call, Names, text_of
from mesh_workbench.notebooks.findings import error, warning
from mesh_workbench.notebooks.sources import Magic, Source

_OPTION = re.compile(r"\s*(--(?:as-of|param|format|output|limit|purpose)(?:=|\s+)(?:\"[^\"]*\"|'[^']*'|\S+)|--[\w-]+)")


def inputs_of(sources: Sequence[Source], calls: Iterable[Call], names: Names) -> tuple[list[InputSpec], list[Finding]]:
    """What the notebook reads, in its order, each port and version once, and what is wrong with it."""
    found: list[InputSpec] = []
    findings: list[Finding] = []
    for call in calls:
        if call.function == "read":
            spec = _read(call, names, findings)
            if spec:
                found.append(spec)
    for source in sources:
        for magic in source.magics:
            statement = statement_of(magic)
            if statement is not None:
                found += _sql(statement, source.cell, magic, findings)
    unique: dict[tuple[str, str | None], InputSpec] = {}
    for spec in sorted(found, key=lambda spec: (spec.cell, spec.line)):
        unique.setdefault((spec.port, spec.version), spec)
    return list(unique.values()), findings


def _read(call: Call, names: Names, findings: list[Finding]) -> InputSpec | None:
    name = text_of(call.argument(0, "name"), names)
    if name is None:
        findings.append(
            warning(
                "dynamic-input",
                "The name of an input is computed, so it is not known what the notebook reads; "
                "a run can read only what it declares.",
                hint='Write the name as text: mesh.read("flight_ops.flights").',
                cell=call.cell,
                line=call.line,
            )
        )
        return None
    version = call.argument(99, "version")
    wanted = str(version.value) if isinstance(version, ast.Constant) and version.value is not None else None
    return _spec(name, call.cell, call.line, findings, wanted)


def _spec(name: str, cell: int, line: int, findings: list[Finding], version: str | None = None) -> InputSpec | None:
    try:
        port = PortName.parse(f"{name}@{version}" if version and "@" not in name else name)
    except InvalidInput as wrong:
        findings.append(error("invalid-input-name", wrong.message, hint=wrong.hint, cell=cell, line=line))
        return None
    return InputSpec(
        port=str(port).partition("@")[0],
        version=port.version,
        cell=cell,
        line=line,
    )


def statement_of(magic: Magic) -> str | None:
    """The SQL of a magic; None when it has none."""
    if magic.name != "mesh":
        return None
    if magic.body is not None:
        return magic.body
    verb, _, rest = magic.line.strip().partition(" ")
    if verb != "sql":
        return None
    while match := _OPTION.match(rest):
        rest = rest[match.end() :]
    rest = rest.strip()
    quoted = len(rest) > 1 and rest[0] == rest[-1] and rest[0] in "\"'"
    return rest[1:-1] if quoted else rest


def _sql(statement: str, cell: int, magic: Magic, findings: list[Finding]) -> list[InputSpec]:
    from mesh_workbench.engine.statement import parse

    above = magic.at - (0 if magic.body is not None else 1)
    try:
        names = parse(statement).names
    except MeshError as wrong:
        line = wrong.details.get("line")
        place = above + (line if isinstance(line, int) else 1)
        hint = wrong.hint or "Correct the statement; what it reads must be known before a run."
        findings.append(error("invalid-sql", wrong.message, hint=hint, cell=cell, line=place))
        return []
    return [
        InputSpec(
            port=str(name.reference).partition("@")[0],
            version=name.reference.version,
            cell=cell,
            line=above + (name.place.line if name.place else 1),
            how="sql",
        )
        for name in names
        if name.reference is not None  # else it is a Python variable, or nothing
    ]
