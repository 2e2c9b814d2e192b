"""Points in time say in which zone they are."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mesh_workbench.contracts.measure import Breaking, Declined, Known, Step
from mesh_workbench.contracts.promise import Promise
from mesh_workbench.contracts.rule import Shape
from mesh_workbench.contracts.sqltext import quoted


class TimeZone:
    name = "time_zone"
    description = (
        "`timezone: true`: the column's type has a zone, or each text ends in one. `defaultTimezone`: it is a zone of "
        "the IANA database, in which values and bounds without a zone are meant."
    )
    example = "logicalTypeOptions: {timezone: true}"

    def step(self, promise: Promise, shape: Shape) -> Step:
        kind = shape.columns[promise.column]
        if promise.spec.path.endswith("defaultTimezone"):
            return _zone(str(promise.says))
        if promise.says is not True:
            return Declined(f"timezone {promise.says!r} is neither true nor false", refused=True)
        if kind.family == "null":
            return Known(True, None, "a zone", "The column holds nothing but nulls.")
        if kind.family == "string":
            name = quoted(promise.column)
            ends = r"(?:[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?|[A-Za-z]+/[A-Za-z_]+\]?)$"
            return Breaking(f"{name} IS NOT NULL AND NOT regexp_matches({name}, ?)", (ends,), (promise.column,))
        kept = kind.family == "timestamptz" or "TIME ZONE" in kind.name.upper()  # TIME WITH TIME ZONE, too
        return Known(kept, kind.name, "a zone", "" if kept else f"{promise.column} is {kind.name}, without a zone.")


def _zone(name: str) -> Step:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return Declined(f"{name!r} is not a zone of the IANA database such as Europe/Berlin", refused=True)
    return Known(True, name, "a known zone")
