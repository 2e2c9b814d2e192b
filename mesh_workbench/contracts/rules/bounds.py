"""Values stay within minimum and maximum."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mesh_workbench.contracts.columntype import ColumnType
from mesh_workbench.contracts.measure import Breaking, Declined, Known, Step
from mesh_workbench.contracts.promise import Promise
from mesh_workbench.contracts.rule import Shape
from mesh_workbench.contracts.sqltext import quoted

_BREAKS = {"minimum": "<", "maximum": ">", "exclusiveMinimum": "<=", "exclusiveMaximum": ">="}


class Bounds:
    name = "bounds"
    description = (
        "Each value is within the bound; null is not a value, NaN is within no bounds. Bounds of dates and times are "
        "ISO 8601; a timestamp without zone is in `defaultTimezone`, else UTC."
    )
    example = "logicalTypeOptions: {minimum: 0, exclusiveMaximum: 1440}"

    def step(self, promise: Promise, shape: Shape) -> Step:
        option = promise.spec.path.rpartition(".")[2]
        kind = shape.columns[promise.column]
        bound, breaks = promise.says, _BREAKS[option]
        if bound is True:  # ODCS 3.0: a flag beside minimum or maximum
            inclusive = "minimum" if option == "exclusiveMinimum" else "maximum"
            if inclusive not in promise.options:
                return Declined(f"{option} is true, and there is no {inclusive} that it could sharpen")
            bound = promise.options[inclusive]
        elif promise.options.get(f"exclusive{option.capitalize()}") is True:
            breaks += "="
        if kind.family == "null":
            return Known(True, None, f"{option} {bound}", "The column holds nothing but nulls.")
        if kind.is_number:
            return self._number(promise, kind, breaks, bound, option)
        if kind.is_time:
            return self._time(promise, kind, breaks, bound, option)
        return Declined(f"{promise.column} is {kind.name}, which has no {option}")

    @staticmethod
    def _number(promise: Promise, kind: ColumnType, breaks: str, bound: object, option: str) -> Step:
        if isinstance(bound, bool) or not isinstance(bound, int | float):
            return Declined(f"{option} {bound!r} is not a number", refused=True)
        name = quoted(promise.column)
        nan = f"isnan({name}) OR " if kind.family == "float" else ""
        return Breaking(f"({nan}{name} {breaks} ?)", (bound,), (promise.column,), between=not nan)

    @staticmethod
    def _time(promise: Promise, kind: ColumnType, breaks: str, bound: object, option: str) -> Step:
        zone = _zone(promise)
        moment = _moment(str(bound), kind, zone)
        if moment is None:
            return Declined(f"{option} {bound!r} is not written in ISO 8601, so it cannot be compared")
        column, given = quoted(promise.column), moment.isoformat()
        if kind.family == "timestamp":
            # DuckDB makes nanoseconds of seconds and milliseconds that get a zone, unless they are microseconds before.
            fine = column if kind.name.endswith("_NS") else f"CAST({column} AS TIMESTAMP)"
            column = f"timezone('{zone}', {fine})"
        if isinstance(moment, datetime) and kind.name.endswith("_NS"):
            # It compares these with themselves only, and not every moment is one: counted, every one can be compared.
            since = moment - datetime.fromtimestamp(0, UTC)
            nanoseconds = (since // timedelta(microseconds=1)) * 1000
            return Breaking(f"epoch_ns({column}) {breaks} ?", (nanoseconds,), (promise.column,))
        if isinstance(moment, datetime):
            parameter = "CAST(? AS TIMESTAMP WITH TIME ZONE)"
        else:
            parameter = f"CAST(CAST(? AS {'TIME' if isinstance(moment, time) else 'DATE'}) AS {kind.name})"
        return Breaking(f"{column} {breaks} {parameter}", (given,), (promise.column,), between=zone is UTC)


def _zone(promise: Promise) -> tzinfo:
    """In which zone times without one are meant; one that is unknown breaks the promise about it, and is UTC here."""
    try:
        named = promise.options.get("defaultTimezone")
        return ZoneInfo(str(named)) if named and named not in ("UTC", "Etc/UTC") else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def _moment(text: str, kind: ColumnType, zone: tzinfo) -> date | time | datetime | None:
    """An ISO date, time or timestamp, whichever the column holds; a timestamp with a zone. None when it is none."""
    try:
        if kind.family == "date":
            return date.fromisoformat(text[:10])
        if kind.family == "time":
            return time.fromisoformat(text).replace(tzinfo=None)
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment
    except ValueError:
        return None
