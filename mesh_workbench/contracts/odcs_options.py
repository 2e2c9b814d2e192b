"""Options of logical types, word by word."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from mesh_workbench.contracts.odcs_base import Different, Exact, Length, Maybe, Number


class TextOptions(Exact):
    min_length: Maybe[Length]
    max_length: Maybe[Length]
    pattern: Maybe[str]
    format: Maybe[str]


class DateOptions(Exact):
    format: Maybe[str]
    minimum: Maybe[str]
    maximum: Maybe[str]
    exclusive_minimum: Maybe[str]
    exclusive_maximum: Maybe[str]


class TimeOptions(DateOptions):
    timezone: Maybe[bool]
    default_timezone: Maybe[str]


class Bounds(Exact):
    multiple_of: Maybe[Annotated[Number, Field(gt=0)]]
    minimum: Maybe[Number]
    maximum: Maybe[Number]
    exclusive_minimum: Maybe[Number]
    exclusive_maximum: Maybe[Number]


class IntegerOptions(Bounds):
    format: Maybe[Literal["i8", "i16", "i32", "i64", "i128", "u8", "u16", "u32", "u64", "u128"]]


class NumberOptions(Bounds):
    format: Maybe[Literal["f32", "f64"]]


class ObjectOptions(Exact):
    min_properties: Maybe[Length]
    max_properties: Maybe[Length]
    required: Maybe[Different[str]]


class ArrayOptions(Exact):
    min_items: Maybe[Length]
    max_items: Maybe[Length]
    unique_items: Maybe[bool]


class VectorOptions(Exact):
    dimensions: Annotated[int, Field(gt=0)]
    element_type: Maybe[Literal["bfloat16", "binary", "float16", "float32", "float64", "int8", "uint8"]]
    distance_metric: Maybe[Literal["cosine", "dotProduct", "euclidean", "hamming", "manhattan"]]
    embedding_model: Maybe[str]
    embedding_model_version: Maybe[str]
    normalized: Maybe[bool]


OPTIONS: dict[str, type[Exact]] = {
    "string": TextOptions,
    "date": DateOptions,
    "timestamp": TimeOptions,
    "time": TimeOptions,
    "integer": IntegerOptions,
    "number": NumberOptions,
    "object": ObjectOptions,
    "array": ArrayOptions,
    "vector": VectorOptions,
}
"""Logical type to its options; the other types have none, and say nothing of what may stand there."""
