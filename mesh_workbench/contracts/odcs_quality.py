"""Quality rules, word by word. Which keys a rule may have depends on its type and on whether it names a metric."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue, model_validator
from pydantic_core import PydanticCustomError

from mesh_workbench.contracts.odcs_base import Different, Maybe, Noted, Number, StableId

Metric = Literal["nullValues", "missingValues", "invalidValues", "duplicateValues", "rowCount"]
Dimension = Literal["accuracy", "completeness", "conformity", "consistency", "coverage", "timeliness", "uniqueness"]
Ends = Annotated[Different[Number], Field(min_length=2, max_length=2)]

OPERATORS = ("mustBe", "mustNotBe", "mustBeGreaterThan", "mustBeGreaterOrEqualTo", "mustBeLessThan",
             "mustBeLessOrEqualTo", "mustBeBetween", "mustNotBeBetween")  # fmt: skip
_KEYS = {
    "library": ("metric", "rule", "arguments", *OPERATORS),
    "sql": ("query", *OPERATORS),
    "custom": ("engine", "implementation"),
}
_NEEDED = {"library": ("metric",), "sql": ("query",), "custom": ("engine", "implementation")}
_SPECIAL = frozenset(key for keys in _KEYS.values() for key in keys)


class QualityRule(Noted):
    id: Maybe[StableId]
    business_impact: Maybe[str]
    description: Maybe[str]
    dimension: Maybe[Dimension]
    method: Maybe[str]
    name: Maybe[str]
    schedule: Maybe[str]
    scheduler: Maybe[str]
    severity: Maybe[str]
    type: Maybe[Literal["text", "library", "sql", "custom"]]
    unit: Maybe[str]
    metric: Maybe[Metric]
    rule: Maybe[str]
    arguments: Maybe[dict[str, JsonValue]]
    query: Maybe[str]
    engine: Maybe[str]
    implementation: Maybe[str | dict[str, JsonValue]]
    must_be: JsonValue = None
    must_not_be: JsonValue = None
    must_be_greater_than: Maybe[Number]
    must_be_greater_or_equal_to: Maybe[Number]
    must_be_less_than: Maybe[Number]
    must_be_less_or_equal_to: Maybe[Number]
    must_be_between: Maybe[Ends]
    must_not_be_between: Maybe[Ends]

    @model_validator(mode="before")
    @classmethod
    def _keys_of_its_sort(cls, data: Any) -> Any:
        if isinstance(data, Mapping):
            _keys(data)
        return data


def _keys(rule: Mapping[str, object]) -> None:
    sorts = []
    if rule.get("type") == "library" or isinstance(rule.get("metric"), str):
        sorts.append("library")
    if rule.get("type") in ("sql", "custom"):
        sorts.append(str(rule["type"]))
    allowed = {key for sort in sorts for key in _KEYS[sort]}
    for key in rule:
        if key in _SPECIAL and key not in allowed:
            raise PydanticCustomError("rule", "a rule of this type cannot have the key {key}", {"key": key})
    for key in (key for sort in sorts for key in _NEEDED[sort]):
        if key not in rule:
            raise PydanticCustomError("rule", "a rule of this type needs the key {key}", {"key": key})
    given = [key for key in OPERATORS if key in rule]
    if set(sorts) & {"library", "sql"} and len(given) != 1:
        raise PydanticCustomError("rule", "a rule of this type has exactly one operator such as mustBe")
