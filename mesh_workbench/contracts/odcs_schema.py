"""Objects and properties, word by word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, JsonValue, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from mesh_workbench.contracts.odcs_base import CustomProperty, Different, Exact, Maybe, Noted, Scalar, StableId, Whole
from mesh_workbench.contracts.odcs_context import Context
from mesh_workbench.contracts.odcs_options import OPTIONS
from mesh_workbench.contracts.odcs_quality import QualityRule

LogicalType = Literal[
    "string", "date", "timestamp", "time", "number", "integer", "object", "array", "boolean", "map", "vector"
]
_SHORT = r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)+"
_FULL = (
    r"(?:(?:https?://)?[A-Za-z0-9._\-/]+\.yaml#)?/?[A-Za-z_][A-Za-z0-9_]*/[A-Za-z0-9_-]+"
    r"(?:/[A-Za-z_][A-Za-z0-9_]*/[A-Za-z0-9_-]+)*"
)
Reference = Annotated[str, Field(pattern=f"^(?:{_SHORT}|{_FULL})$")]
References = Annotated[list[Reference], Field(min_length=1)]


class Synonym(Exact):
    id: Maybe[StableId]
    synonym: str
    description: Maybe[str]
    locale: Maybe[str]
    source: Maybe[str]
    status: Maybe[str]
    custom_properties: Maybe[list[CustomProperty]]


class EnumValue(Noted):
    value: Scalar
    label: Maybe[str]
    id: Maybe[StableId]
    description: Maybe[str]


class Relation(Exact):
    type: Maybe[Literal["foreignKey"]]
    to: Reference | References
    custom_properties: Maybe[list[CustomProperty]]


class RelationOfObject(Relation):
    from_: Reference | References = Field(alias="from")

    @model_validator(mode="after")
    def _both_alike(self) -> RelationOfObject:
        if isinstance(self.from_, str) != isinstance(self.to, str):
            raise PydanticCustomError("relation", "from and to must both be names, or both be lists of names")
        return self


class Element(Noted):
    id: Maybe[StableId]
    physical_type: Maybe[str]
    physical_name: Maybe[str]
    description: Maybe[str]
    business_name: Maybe[str]
    deprecated: Maybe[bool]
    synonyms: Maybe[list[Synonym]]
    quality: Maybe[list[QualityRule]]


class ItemProperty(Element):
    """A property that needs no name: what a list, or a map, holds."""

    _any_fields: ClassVar[bool] = True
    """The standard's schema lets items of every type have fields."""

    name: Maybe[str]
    primary_key: Maybe[bool]
    primary_key_position: Maybe[Whole]
    logical_type: Maybe[LogicalType]
    logical_type_options: Maybe[dict[str, JsonValue]]
    required: Maybe[bool]
    unique: Maybe[bool]
    semantic_type: Maybe[Literal["column", "measure", "dimension"]]
    partitioned: Maybe[bool]
    partition_key_position: Maybe[Whole]
    classification: Maybe[str]
    encrypted_name: Maybe[str]
    transform_source_objects: Maybe[list[str]]
    transform_logic: Maybe[str]
    transform_description: Maybe[str]
    examples: Maybe[list[JsonValue]]
    enum: Maybe[Different[EnumValue]]
    critical_data_element: Maybe[bool]
    relationships: Maybe[list[Relation]]
    properties: Maybe[list[SchemaProperty]]
    items: Maybe[ItemProperty]
    map: Maybe[MapType]

    @model_validator(mode="before")
    @classmethod
    def _fits_its_type(cls, data: Any) -> Any:
        if isinstance(data, Mapping):
            _check_type(data, any_fields=cls._any_fields)
        return data

    @model_validator(mode="after")
    def _options_of_its_type(self) -> ItemProperty:
        options = OPTIONS.get(self.logical_type or "")
        if options is not None and self.logical_type_options is not None:
            try:
                options.model_validate(self.logical_type_options)
            except ValidationError as error:
                first = error.errors(include_url=False)[0]
                at = ["logicalTypeOptions", *first["loc"]]
                raise PydanticCustomError(
                    "options", "{what}", {"what": first["msg"], "at": at, "inner": first}
                ) from error
        return self


class SchemaProperty(ItemProperty):
    _any_fields: ClassVar[bool] = False

    name: str


class MapType(Exact):
    key: ItemProperty
    value: ItemProperty


class SchemaObject(Element):
    name: str
    logical_type: Maybe[Literal["object"]]
    data_granularity_description: Maybe[str]
    properties: Maybe[list[SchemaProperty]]
    relationships: Maybe[list[RelationOfObject]]
    context: Maybe[Context]


def _check_type(data: Mapping[str, object], *, any_fields: bool) -> None:
    """Fields, items and key with value belong to one logical type each; without a type any of them may stand."""
    kind = data.get("logicalType")
    if kind == "map" and "map" not in data:
        raise PydanticCustomError("type", "a map needs the key map with key and value")
    if kind is None:
        return
    for key, owner in (("properties", "object"), ("items", "array"), ("map", "map")):
        if key in data and kind != owner and not (key == "properties" and any_fields):
            raise PydanticCustomError("type", "only {owner} has the key {key}", {"owner": owner, "key": key})
