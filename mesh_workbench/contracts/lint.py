"""Everything that is wrong with a contract document, each with its place and what to do."""

from __future__ import annotations

from collections.abc import Iterator

from mesh_workbench.contracts import source
from mesh_workbench.contracts.document import ContractDocument, understand
from mesh_workbench.contracts.lint_rules import problems_of
from mesh_workbench.contracts.source import Path
from mesh_workbench.errors import InvalidInput
from mesh_workbench.model.contract import ContractProblem


def lint(text: str) -> list[ContractProblem]:
    """Every problem of a contract, in the order of the document; none means that all of it is understood.

    Problems of level error make the contract unusable; warnings tell what would not be evaluated, or not as meant.
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
    contract, faults = understand(found)
    if contract is None:
        return [
            _problem(found.place(fault.path), fault.path, "error", "contract.not-odcs", fault.message, fault.hint)
            for fault in faults
        ]
    doc = ContractDocument(text, found, contract)
    return sorted(_all(doc), key=lambda problem: (problem.line or 0, problem.column or 0))


def _all(doc: ContractDocument) -> Iterator[ContractProblem]:
    for level, code, path, message, hint in problems_of(doc):
        yield _problem(doc.place(path), path, level, code, message, hint)


def _problem(
    place: tuple[int, int] | None, path: Path, level: str, code: str, message: str, hint: str
) -> ContractProblem:
    return ContractProblem(
        level="error" if level == "error" else "warning",
        code=code,
        message=message if message.endswith(".") else f"{message}.",
        path=source.words_of(path),
        line=place[0] if place else None,
        column=place[1] if place else None,
        hint=hint,
    )
