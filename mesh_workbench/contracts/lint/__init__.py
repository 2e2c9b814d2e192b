"""Everything that is wrong with a contract document, each with its place and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from mesh_workbench.contracts import source
from mesh_workbench.contracts.conformity import deviations
from mesh_workbench.contracts.document import ContractDocument, understand
from mesh_workbench.contracts.lint.objects import problems_of
from mesh_workbench.contracts.lint.problem import Problem
from mesh_workbench.contracts.lint.strict import forgotten
from mesh_workbench.contracts.migrate import migrated
from mesh_workbench.contracts.source import Path
from mesh_workbench.contracts.variables import filled, variables_of
from mesh_workbench.errors import InvalidInput
from mesh_workbench.model.contract import ContractProblem


def lint(text: str, *, strict: bool = False, variables: Mapping[str, JsonValue] | None = None) -> list[ContractProblem]:
    """Every problem of a contract, in the order of the document; none means that all of it is understood.

    Problems of level error make the contract unusable; warnings tell what would not be evaluated, not as meant, or not
    be read by other tools. With `strict` also what the standard's schema forgets is looked for, and everything is an
    error. `variables` fill references such as `${WAREHOUSE}`; any other one is a problem.
    Never raises: a text that cannot be read is one problem.
    """
    try:
        found = source.read(text)
    except InvalidInput as error:
        line, column = error.details.get("line"), error.details.get("column")
        return [
            ContractProblem(
                code=error.code,
                message=error.message,
                line=line if isinstance(line, int) else None,
                column=column if isinstance(column, int) else None,
                hint=error.hint,
            )
        ]
    contract, faults = understand(found, variables)
    if contract is None:
        return [
            _problem(found.place(fault.path), fault.path, "error", "contract.not-odcs", fault.message, fault.hint)
            for fault in faults
        ]
    doc = ContractDocument(text, found, contract)
    problems = [
        _problem(doc.place(path), path, "error" if strict else level, code, message, hint)
        for level, code, path, message, hint in _all(doc, strict, variables or {})
    ]
    return sorted(problems, key=lambda problem: (problem.line or 0, problem.column or 0))


def _all(doc: ContractDocument, strict: bool, variables: Mapping[str, JsonValue]) -> Iterator[Problem]:
    found = list(problems_of(doc))
    if strict:
        told = {(code, path) for _, code, path, _, _ in found}
        found += [problem for problem in forgotten(doc) if (problem[1], problem[2]) not in told]
    yield from found
    paths = [path for _, _, path, _, _ in found]
    for fault in deviations(migrated(filled(doc.source.value, variables))):
        if not any(_same_place(fault.path, path) for path in paths):
            yield "warning", "contract.not-standard", fault.path, fault.message, fault.hint
    for variable in variables_of(doc.source.value):
        if variable.name not in variables:
            message = f"the variable {variable.name} has no value"
            yield "warning", "contract.unresolved-variable", variable.path, message, "Give it one, or write the value."


def _same_place(one: Path, other: Path) -> bool:
    """Whether one of them lies within the other; what is said of the whole document is no place."""
    length = min(len(one), len(other))
    return length > 0 and one[:length] == other[:length]


def _problem(
    place: tuple[int, int] | None, path: Path, level: str, code: str, message: str, hint: str
) -> ContractProblem:
    return ContractProblem(
        level="error" if level == "error" else "warning",
        code=code,
        message=message if message.endswith((".", "?")) else f"{message}.",
        path=source.words_of(path),
        line=place[0] if place else None,
        column=place[1] if place else None,
        hint=hint,
    )
