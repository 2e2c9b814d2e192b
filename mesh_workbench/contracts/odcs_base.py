"""The standard word by word: what all of its sections are made of.

`odcs` reads whatever can be understood; the `odcs_*` models accept exactly what the standard's own schema accepts, so
that a document of ours is one that other tools read. A key may be left out, but not be null, where the standard has it
so.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

Item = TypeVar("Item")


def _given(value: Any) -> Any:
    if value is None:
        raise PydanticCustomError("null", "it must not be empty")
    return value


def _whole(value: Any) -> Any:
    """JSON knows no integers: 3.0 is one."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _different(values: list[Any]) -> list[Any]:
    seen: list[Any] = []
    for value in values:
        plain = value.model_dump(by_alias=True, exclude_unset=True) if isinstance(value, BaseModel) else value
        if any(_same(plain, other) for other in seen):
            raise PydanticCustomError("twice", "it holds the same entry twice")
        seen.append(plain)
    return values


def _same(one: Any, other: Any) -> bool:
    """Equality as JSON has it: true is not 1."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    return isinstance(one, bool) == isinstance(other, bool) and one == other


Maybe = Annotated[Item | None, BeforeValidator(_given), Field(default=None)]
"""May be left out, may not be null."""
Whole = Annotated[int, BeforeValidator(_whole)]
Length = Annotated[Whole, Field(ge=0)]
Number = float
"""Strict: no text and no booleans."""
Scalar = str | int | float | bool | None
StableId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")]
Tags = list[str]
Different = Annotated[list[Item], Field(min_length=1), AfterValidator(_different)]
"""Not empty, and no entry twice."""


class Exact(BaseModel):
    """A mapping with these keys and no others."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, alias_generator=to_camel, use_attribute_docstrings=True
    )


class CustomProperty(Exact):
    id: Maybe[StableId]
    property: str
    value: JsonValue
    description: Maybe[str]


class AuthoritativeDefinition(Exact):
    id: Maybe[StableId]
    url: str
    type: str
    description: Maybe[str]


class Noted(Exact):
    """What most sections may carry."""

    custom_properties: Maybe[list[CustomProperty]]
    authoritative_definitions: Maybe[list[AuthoritativeDefinition]]
    tags: Maybe[Tags]
