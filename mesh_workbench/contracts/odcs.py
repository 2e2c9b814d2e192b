"""The Open Data Contract Standard as values: what we read of it is typed, the rest is kept as it stands.

Written for 3.2; 3.0 and 3.1 are read into the same values (boolean exclusive bounds are understood in `promises`).
"""

from __future__ import annotations

from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, StrictBool, field_validator
from pydantic.alias_generators import to_camel

Item = TypeVar("Item")


def _nothing_is_empty(value: object) -> object:
    return [] if value is None else value


Many = Annotated[list[Item], BeforeValidator(_nothing_is_empty), Field(default_factory=list)]
"""A list; a key without value is an empty one."""


class Part(BaseModel):
    """A mapping of the document. Unknown keys are kept in `model_extra`."""

    model_config = ConfigDict(extra="allow", frozen=True, alias_generator=to_camel, use_attribute_docstrings=True)


class CustomProperty(Part):
    property: str
    value: JsonValue = None


class WithCustomProperties(Part):
    custom_properties: Many[CustomProperty]

    def custom(self, name: str) -> JsonValue:
        """The value of the custom property `name`, or None."""
        return next((item.value for item in self.custom_properties if item.property == name), None)


class EnumValue(WithCustomProperties):
    value: str | int | float | StrictBool | None
    label: str | None = None


class Quality(WithCustomProperties):
    """One quality rule."""

    id: str | None = None
    name: str | None = None
    description: str | None = None
    type: str | None = None
    metric: str | None = None
    rule: str | None = None
    arguments: dict[str, JsonValue] | None = None
    query: str | None = None
    engine: str | None = None
    implementation: JsonValue = None
    dimension: str | None = None
    severity: str | None = None
    unit: str | None = None

    @property
    def says(self) -> dict[str, JsonValue]:
        """Keys that are not of the model, operators among them."""
        return dict(self.model_extra or {})

    @property
    def sort(self) -> str:
        """`library`, `sql`, `text` or `custom`; where the rule does not say, what it holds decides."""
        if self.type:
            return self.type.lower()
        if self.query is not None and self.metric is None:
            return "sql"
        if self.engine is not None and self.metric is None:
            return "custom"
        return "library"


class Relationship(WithCustomProperties):
    """A foreign key: `from` columns (implied on a property) to columns of another object."""

    type: str = "foreignKey"
    from_: str | list[str] | None = Field(None, alias="from")
    to: str | list[str] | None = None


class Property(WithCustomProperties):
    """A column, or a field inside one."""

    id: str | None = None
    name: str = ""
    physical_name: str | None = None
    logical_type: str | None = None
    logical_type_options: dict[str, JsonValue] | None = None
    physical_type: str | None = None
    description: str | None = None
    business_name: str | None = None
    required: StrictBool | None = None
    unique: StrictBool | None = None
    primary_key: StrictBool | None = None
    primary_key_position: int | None = None
    partitioned: StrictBool | None = None
    partition_key_position: int | None = None
    classification: str | None = None
    enum: Many[EnumValue]
    quality: Many[Quality]
    relationships: Many[Relationship]
    properties: Many[Property]
    items: Property | None = None
    map: MapType | None = None

    @field_validator("enum", mode="before")
    @classmethod
    def _plain_values(cls, value: object) -> object:
        """The standard wants mappings with `value`; people write the values themselves."""
        if isinstance(value, list):
            return [item if isinstance(item, dict) else {"value": item} for item in value]
        return value


class MapType(Part):
    """Keys and values of a map."""

    key: Property | None = None
    value: Property | None = None


class SchemaObject(WithCustomProperties):
    """A table."""

    id: str | None = None
    name: str
    physical_name: str | None = None
    description: str | None = None
    business_name: str | None = None
    properties: Many[Property]
    quality: Many[Quality]
    relationships: Many[Relationship]

    def key(self) -> list[Property]:
        """The columns of the primary key in their order."""
        return _in_order([(item, item.primary_key_position) for item in self.properties if item.primary_key])

    def partitions(self) -> list[Property]:
        """The columns by which the table is partitioned, in their order."""
        return _in_order([(item, item.partition_key_position) for item in self.properties if item.partitioned])


def _in_order(items: list[tuple[Property, int | None]]) -> list[Property]:
    """By position; those that have none come last, as they were written."""

    def position(each: tuple[Property, int | None]) -> int:
        return each[1] if each[1] is not None and each[1] > 0 else len(items) + 1

    return [item for item, _ in sorted(items, key=position)]


class ServiceLevel(WithCustomProperties):
    """One service level. `property` is free text in the standard; `kind` is its known name."""

    id: str | None = None
    property: str
    value: str | int | float | StrictBool | None = None
    unit: str | None = None
    element: str | None = None
    driver: str | None = None
    description: str | None = None


class Description(Part):
    purpose: str | None = None
    limitations: str | None = None
    usage: str | None = None


class Contract(WithCustomProperties):
    """The whole document."""

    id: str
    version: str
    api_version: str
    kind: str
    name: str | None = None
    status: str | None = None
    domain: str | None = None
    data_product: str | None = None
    description: Description | None = None
    schema_: Many[SchemaObject] = Field(alias="schema")
    sla_properties: Many[ServiceLevel]
    sla_default_element: str | None = None
    tags: Many[str]
