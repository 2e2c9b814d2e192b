"""The times that a statement asks for: AT (TIMESTAMP => …), AT (VERSION => n) and AT (VERSION => {slot: …})."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

import duckdb
from sqlglot import exp

from mesh_workbench.engine.names import TIMES, NamedTable
from mesh_workbench.engine.parameters import bind
from mesh_workbench.engine.place import pointing
from mesh_workbench.errors import InvalidInput, did_you_mean
from mesh_workbench.model.asked_slot import AskedSlot
from mesh_workbench.model.base import as_utc

if TYPE_CHECKING:
    from pydantic import JsonValue

    from mesh_workbench.engine.sessions import Sessions
    from mesh_workbench.engine.statement import Statement
    from mesh_workbench.model.query import QueryRequest


@dataclass(frozen=True)
class At:
    """A moment, or the number of a release, or neither; and what the data shall be about, if that is said."""

    moment: datetime | None = None
    release: int | None = None
    slot: AskedSlot | None = None

    @property
    def given(self) -> bool:
        """Whether it says which release is meant."""
        return (self.moment, self.release) != (None, None)


def times_of(statement: Statement, parameters: Mapping[str, JsonValue], sessions: Sessions) -> list[At]:
    """The time of each name of the statement. Moments without a zone are UTC, slots without one are in their own.

    Raises InvalidInput `query.bad-time` and `query.bad-slot`, which point at the name.
    """
    return [
        replace(_time(name, parameters, sessions), slot=_slot(name, parameters, sessions)) for name in statement.names
    ]


def releases_of(statement: Statement, request: QueryRequest) -> dict[str, int]:
    """The releases that are asked for, by name in small letters. Raises InvalidInput `query.unused-release`."""
    asked = {name.lower(): number for name, number in request.releases.items()}
    names = {name.text.lower(): name for name in statement.names if not name.timed}
    for written in request.releases:
        if written.lower() not in names:
            raise InvalidInput(
                "query.unused-release",
                f"A release is asked for {written}, which the statement does not read by that name.",
                hint=did_you_mean(written, [name.text for name in names.values()])
                if names
                else "A name with AT (…) says itself which release it means.",
            )
    return asked


def slots_of(statement: Statement, request: QueryRequest) -> dict[str, AskedSlot]:
    """The slots that are asked for beside the statement, by name in small letters.

    Raises InvalidInput `query.unused-slot` and `query.bad-slot`.
    """
    names = {name.text.lower(): name for name in statement.names if name.plain}
    for written in request.slots:
        if written.lower() not in names:
            raise InvalidInput(
                "query.unused-slot",
                f"A slot is asked for {written}, which the statement does not read by that name.",
                hint=did_you_mean(written, [name.text for name in names.values()])
                if names
                else "A name with AT (…) says itself which slot it means.",
            )
    return {name.lower(): AskedSlot.parse(text) for name, text in request.slots.items()}


def _slot(name: NamedTable, parameters: Mapping[str, JsonValue], sessions: Sessions) -> AskedSlot | None:
    """None, which is everything, also where NULL is said: `mesh.read(slot=None)` means the same."""
    text = None if name.at_slot is None else _value(name, name.at_slot, "VARCHAR", parameters, sessions)
    try:
        return None if text is None else AskedSlot.parse(str(text))
    except InvalidInput as error:
        raise pointing(InvalidInput, error.code, error.message, name.place, hint=error.hint) from error


def _time(name: NamedTable, parameters: Mapping[str, JsonValue], sessions: Sessions) -> At:
    if name.at_release is not None:
        number = _value(name, name.at_release, "BIGINT", parameters, sessions)
        if isinstance(number, int) and number > 0:
            return At(release=number)
    elif name.at_moment is not None:
        text = _value(name, name.at_moment, "TIMESTAMPTZ", parameters, sessions)
        if isinstance(text, str):
            return At(moment=as_utc(datetime.fromisoformat(text)))
    else:
        return At()
    raise _bad(name)


def _value(
    name: NamedTable, expression: exp.Expr, kind: str, parameters: Mapping[str, JsonValue], sessions: Sessions
) -> object:
    """What the constant expression comes to, computed by a session that can read nothing."""
    needed = tuple(dict.fromkeys(str(node.this) for node in expression.find_all(exp.Placeholder)))
    values = bind(needed, parameters)
    # A moment comes as text: DuckDB needs another library to make a Python datetime with a zone.
    shown = (
        "strftime(CAST(({}) AS TIMESTAMPTZ), '%Y-%m-%dT%H:%M:%S.%f+00:00')"
        if kind == "TIMESTAMPTZ"
        else f"CAST(({{}}) AS {kind})"
    )
    session = sessions.get([])
    cursor = session.cursor()
    try:
        sql = session.checked(f"SELECT {shown.format(expression.sql('duckdb'))}")
        [(value,)] = cursor.execute(sql, values).fetchall()
    except duckdb.Error as error:
        raise _bad(name) from error
    finally:
        session.give_back(cursor)
    result: object = value
    return result


def _bad(name: NamedTable) -> Exception:
    return pointing(
        InvalidInput,
        "query.bad-time",
        f"The time at which to read {name.text} is not one.",
        name.place,
        hint=TIMES,
    )
