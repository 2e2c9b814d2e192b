"""Slot expressions in the parameters of a schedule: `{slot.start}`, `{slot.end:%Y-%m}`.

They give the times of the slot in the schedule's zone. One that is the whole value becomes what the parameter's type
wants: a date, a timestamp, a number after a format; one inside a text is put into the text. The result goes the way of
every parameter value, through validation and the encoder of literals. `{{slot.start}}` stays as text, with one pair of
braces.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import JsonValue

from mesh_workbench.errors import InvalidInput, did_you_mean
from mesh_workbench.model.notebook import ParameterSpec, ParameterType
from mesh_workbench.model.schedule import SlotTime
from mesh_workbench.notebooks.values import validate
from mesh_workbench.scheduling.zones import zone_of

NAMES = ("slot.start", "slot.end")
_NAME = r"[A-Za-z_][A-Za-z0-9_.]*"
_EXPRESSION = re.compile(
    rf"\{{(?P<text>\{{{_NAME}(?::[^{{}}]*)?\}})\}}|\{{(?P<name>{_NAME})(?::(?P<format>[^{{}}]*))?\}}"
)
_DIRECTIVES = "YymdHMSjGVuUWbBaAIpzZ%"


def filled(
    parameters: Mapping[str, JsonValue],
    specs: Sequence[ParameterSpec],
    slot: SlotTime | None,
    under: Mapping[str, JsonValue] | None = None,
) -> dict[str, JsonValue]:
    """The parameters with every expression replaced, over the values `under` them, validated against `specs`.

    Values `under` are those of a preset: they hold no expressions, as when somebody runs the product with it by hand.

    Raises InvalidInput `schedule.unknown-expression`, `schedule.bad-format`, `schedule.expression-type`,
    `schedule.no-interval` when there is an expression and no slot, and what `validate` raises.
    """
    types = {spec.name: spec.type for spec in specs}
    given = {name: _fill(value, name, types.get(name, "any"), slot) for name, value in parameters.items()}
    return validate(specs, {**(under or {}), **given})


def as_kept(
    parameters: Mapping[str, JsonValue],
    specs: Sequence[ParameterSpec],
    slot: SlotTime,
    under: Mapping[str, JsonValue] | None = None,
) -> dict[str, JsonValue]:
    """The parameters as a schedule keeps them: expressions as they are, other values in their canonical form.

    `slot` is any slot, to try the expressions with; `under` are the values of its preset. Raises as `filled`.
    """
    values = filled(parameters, specs, slot, under)
    return {
        name: parameters[name] if _has_expression(parameters[name]) else value
        for name, value in values.items()
        if name in parameters
    }


def _has_expression(value: JsonValue) -> bool:
    if isinstance(value, str):
        return _EXPRESSION.search(value) is not None
    if isinstance(value, dict):
        return any(_has_expression(item) for item in value.values())
    return isinstance(value, list) and any(_has_expression(item) for item in value)


def _fill(value: JsonValue, where: str, kind: ParameterType, slot: SlotTime | None) -> JsonValue:
    if isinstance(value, dict):
        return {key: _fill(item, where, "any", slot) for key, item in value.items()}
    if isinstance(value, list):
        return [_fill(item, where, "any", slot) for item in value]
    if not isinstance(value, str):
        return value
    whole = _EXPRESSION.fullmatch(value)
    if whole and whole["name"]:
        return _typed(whole, where, kind, slot)
    return _EXPRESSION.sub(lambda match: match["text"] or _text(match, where, slot), value)


def _typed(match: re.Match[str], where: str, kind: ParameterType, slot: SlotTime | None) -> str:
    if match["format"] is not None:
        return _text(match, where, slot)
    if kind == "date":
        return _moment(match, where, slot).date().isoformat()
    if kind in ("timestamp", "string", "any"):
        return _text(match, where, slot)
    raise InvalidInput(
        "schedule.expression-type",
        f"{match[0]} is a moment, and {where} is of the type {kind}.",
        hint=f"Say which part of it: {{{match['name']}:%Y%m%d}} gives a number such as 20260331."
        if kind in ("integer", "number")
        else "Give a value of that type.",
        where=where,
    )


def _text(match: re.Match[str], where: str, slot: SlotTime | None) -> str:
    moment, form = _moment(match, where, slot), match["format"]
    if form is None:
        return moment.isoformat()
    for directive in re.findall(r"%(.?)", form):
        if directive not in _DIRECTIVES or not directive:
            raise InvalidInput(
                "schedule.bad-format",
                f"%{directive} in {match[0]} is no part of a format.",
                hint=f"There are: {' '.join('%' + each for each in _DIRECTIVES)}. For example %Y-%m-%d.",
                where=where,
            )
    return moment.strftime(form)


def _moment(match: re.Match[str], where: str, slot: SlotTime | None) -> datetime:
    """The moment that the expression names, in the zone of the schedule."""
    if match["name"] not in NAMES:
        raise InvalidInput(
            "schedule.unknown-expression",
            f"{match[0]} is no slot expression.",
            hint=f"{did_you_mean(match['name'], NAMES)} Double the braces to give it as text.",
            where=where,
        )
    if slot is None:
        raise InvalidInput(
            "schedule.no-interval",
            f"{match[0]} cannot be filled in: what made the run due is about no interval of time.",
            hint="Schedule the inputs, so that their releases have slots, or give a fixed value.",
            where=where,
        )
    moment = slot.start if match["name"] == "slot.start" else slot.end
    return moment.astimezone(zone_of(slot.timezone))
