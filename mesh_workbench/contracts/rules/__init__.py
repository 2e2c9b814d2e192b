"""All rules, one file each. To add one: write the file, and list it here or as an entry point."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping

from mesh_workbench.contracts.rule import Rule
from mesh_workbench.contracts.rules.bounds import Bounds
from mesh_workbench.contracts.rules.broken import Broken
from mesh_workbench.contracts.rules.column import Column
from mesh_workbench.contracts.rules.duplicate_values import DuplicateValues
from mesh_workbench.contracts.rules.enum import Enum
from mesh_workbench.contracts.rules.fields import Fields
from mesh_workbench.contracts.rules.foreign_key import ForeignKey
from mesh_workbench.contracts.rules.invalid_values import InvalidValues
from mesh_workbench.contracts.rules.items import Items
from mesh_workbench.contracts.rules.lengths import Lengths
from mesh_workbench.contracts.rules.level_of_data import LEVELS_OF_DATA
from mesh_workbench.contracts.rules.level_of_dates import LEVELS_OF_DATES
from mesh_workbench.contracts.rules.level_of_history import LEVELS_OF_HISTORY
from mesh_workbench.contracts.rules.level_of_incidents import LEVELS_OF_INCIDENTS
from mesh_workbench.contracts.rules.logical_type import LogicalType
from mesh_workbench.contracts.rules.missing_values import MissingValues
from mesh_workbench.contracts.rules.multiple_of import MultipleOf
from mesh_workbench.contracts.rules.not_evaluated import NotEvaluated
from mesh_workbench.contracts.rules.null_values import NullValues
from mesh_workbench.contracts.rules.number_format import NumberFormat
from mesh_workbench.contracts.rules.pattern import Pattern
from mesh_workbench.contracts.rules.physical_type import PhysicalType
from mesh_workbench.contracts.rules.primary_key import PrimaryKey
from mesh_workbench.contracts.rules.required import Required
from mesh_workbench.contracts.rules.row_count import RowCount
from mesh_workbench.contracts.rules.sql import Sql
from mesh_workbench.contracts.rules.text_format import TextFormat
from mesh_workbench.contracts.rules.time_format import TimeFormat
from mesh_workbench.contracts.rules.time_zone import TimeZone
from mesh_workbench.contracts.rules.unique import Unique
from mesh_workbench.contracts.rules.vector import Vector
from mesh_workbench.errors import MeshError
from mesh_workbench.plugins import added

BUILT_IN: tuple[Rule, ...] = (
    Column(),
    LogicalType(),
    PhysicalType(),
    Required(),
    Unique(),
    PrimaryKey(),
    Enum(),
    Pattern(),
    Bounds(),
    Lengths(),
    MultipleOf(),
    NumberFormat(),
    TextFormat(),
    TimeFormat(),
    TimeZone(),
    Items(),
    Fields(),
    Vector(),
    ForeignKey(),
    NullValues(),
    MissingValues(),
    InvalidValues(),
    DuplicateValues(),
    RowCount(),
    Sql(),
)
SERVICE_LEVELS: tuple[Rule, ...] = (*LEVELS_OF_DATA, *LEVELS_OF_HISTORY, *LEVELS_OF_DATES, *LEVELS_OF_INCIDENTS)
OTHERWISE: Rule = NotEvaluated()
"""The rule for every promise that no other rule evaluates."""


@functools.cache
def rules() -> Mapping[str, Rule]:
    """Every rule by the kind of promise that it evaluates; plug-ins add to the built-in ones and may replace them."""
    found = {rule.name: rule for rule in (*BUILT_IN, *SERVICE_LEVELS)}
    return found | {name: _plugin(name, make) for name, make in added("rules").items()}


def _plugin(name: str, make: Callable[[], Rule]) -> Rule:
    """The rule that a plug-in brings, or one that says what is wrong with it: promises of its kind end in an error."""
    try:
        rule = make()
    except Exception as error:  # noqa: BLE001  what others wrote takes no other rule down
        return Broken(name, error.message if isinstance(error, MeshError) else f"{type(error).__name__}: {error}")
    absent = [part for part in ("name", "description", "example", "step") if not hasattr(rule, part)]
    return Broken(name, f"it has no {' and no '.join(absent)}") if absent else rule
