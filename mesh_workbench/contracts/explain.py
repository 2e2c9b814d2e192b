"""What each promise of a contract means here, in words: what is looked at, and how the standard's open questions are
settled."""

from __future__ import annotations

from mesh_workbench.contracts.document import ContractDocument
from mesh_workbench.contracts.promise import Promise
from mesh_workbench.contracts.promises import plan_of
from mesh_workbench.contracts.rule import Shape
from mesh_workbench.contracts.rules import OTHERWISE, rules
from mesh_workbench.model.base import Value
from mesh_workbench.model.check import PromiseSpec

_CANDIDATE = ("unique", "primary_key", "duplicate_values", "row_count", "foreign_key", "sql")
_NOTHING = Shape({})
_BETWEEN = ("mustBeBetween", "mustNotBeBetween")


class Explanation(Value):
    """A promise, and what it means here."""

    promise: PromiseSpec
    means: list[str]
    """Sentences: what is looked at, what counts, and what happens when it is not kept."""


def explain(doc: ContractDocument, port: str = "") -> list[Explanation]:
    """Every promise about the object `port` (the only one when not named) and about service levels.

    Raises InvalidInput `contract.no-object`.
    """
    return [Explanation(promise=promise.spec, means=_means(promise)) for promise in plan_of(doc, port)]


def _means(promise: Promise) -> list[str]:
    known = rules().get(promise.spec.kind)
    if known is None:
        step = OTHERWISE.step(promise, _NOTHING)
        return [f"It is not evaluated, because {getattr(step, 'reason', 'nothing here can tell')}."]
    found = [known.description]
    if promise.unclear:
        return [*found, f"As it is written it is not evaluated, because {promise.unclear}."]
    if promise.inside:
        found.append(f"It is about a field inside {promise.inside}: a row breaks it when any of its values there does.")
    found.append(_rows(promise))
    if promise.quality is not None:
        found.append(f"What is counted must be {promise.limit.words()}.")
        if promise.limit.operator in _BETWEEN:
            found.append("Both ends belong to the range.")
        if promise.limit.percent:
            found.append("Percent is of all rows looked at; of no rows it is 0.")
    found.append(_consequence(promise.spec))
    return [sentence for sentence in found if sentence]


def _rows(promise: Promise) -> str:
    kind = promise.spec.kind
    if kind.startswith("sla.") or kind in ("column", "logical_type"):
        return ""
    if kind in _CANDIDATE:
        return "It looks at all rows that the port would hold after publishing."
    return "It looks at the rows that a run adds."


def _consequence(spec: PromiseSpec) -> str:
    if spec.severity == "error":
        return "When it is not kept, nothing is published."
    return f"When it is not kept, the release carries a warning (severity {spec.severity})."
