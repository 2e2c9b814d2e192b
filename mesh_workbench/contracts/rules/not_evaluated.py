"""Everything that a contract can promise and that no other rule evaluates, each with its reason."""

from __future__ import annotations

from mesh_workbench.contracts.measure import Declined, Step
from mesh_workbench.contracts.promise import Promise
from mesh_workbench.contracts.rule import Shape


class NotEvaluated:
    name = "not_evaluated"
    description = "Text for people, rules of other engines, service levels and options that nothing here can measure."
    example = "quality: [{type: text, description: Names are those of the register.}]"

    def step(self, promise: Promise, _shape: Shape) -> Step:
        group, _, name = promise.spec.kind.partition(".")
        return Declined(self._reason(promise, group, name))

    @staticmethod
    def _reason(promise: Promise, group: str, name: str) -> str:
        if group == "text":
            return "it is text for people to read"
        if group == "custom" and name == "none":
            return "it names no engine"
        if group == "custom":
            return f"its engine {name!r} is not installed here (entry point mesh_workbench.rules, name custom.{name})"
        if group == "sla":
            return f"{name!r} is not a service level that ODCS names"
        if group == "option":
            return f"{name!r} is not an option that ODCS names for this type"
        if group == "metric":
            if name == "none":
                return "it names neither a metric nor a query, so it does not say what to check"
            return f"{name!r} is not a metric of ODCS"
        return f"nothing here evaluates {promise.spec.kind!r}"
