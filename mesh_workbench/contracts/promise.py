"""A promise with everything that a rule needs to evaluate it."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import JsonValue

from mesh_workbench.contracts.limit import NONE_ALLOWED, Limit
from mesh_workbench.contracts.odcs import Property, Quality, SchemaObject
from mesh_workbench.model.check import PromiseSpec


@dataclass(frozen=True, eq=False)
class Promise:
    """What the contract says at one place.

    `columns` are the names of the columns that it is about, as the data calls them or would call them; `inside` is
    the column in which a nested field lies, and `way` leads from there to it: ("field", name), ("items", ""),
    ("key", "") or ("value", ""). `unit` is that of a service level. `references` names foreign columns as
    (relation, column).
    """

    spec: PromiseSpec
    says: JsonValue = None
    columns: tuple[str, ...] = ()
    item: Property | None = None
    table: SchemaObject | None = None
    quality: Quality | None = None
    limit: Limit = NONE_ALLOWED
    inside: str = ""
    way: tuple[tuple[str, str], ...] = ()
    unit: str = ""
    references: tuple[tuple[str, str], ...] = ()

    @property
    def column(self) -> str:
        """The one column of a promise about a column."""
        return self.columns[0]

    @property
    def unclear(self) -> str:
        """Why there is nothing to compare with. Of a custom rule without an operator no row may fail."""
        custom = self.quality is not None and self.quality.sort == "custom"
        return "" if custom and not self.says else self.limit.problem

    @property
    def options(self) -> dict[str, JsonValue]:
        """The logical type options that stand beside this promise."""
        return dict((self.item.logical_type_options if self.item else None) or {})
