"""Where a document is not what the standard's own schema accepts."""

from __future__ import annotations

from functools import cache

from pydantic import JsonValue, TypeAdapter, ValidationError

from mesh_workbench.contracts.faults import Fault, fault
from mesh_workbench.contracts.odcs_contract import StandardContract


def deviations(document: JsonValue) -> list[Fault]:
    """Every place at which other tools may refuse the document; none when it is ODCS 3.2 to the letter."""
    try:
        _adapter().validate_python(document)
    except ValidationError as error:
        faults = [
            fault(
                _path(document, (*item["loc"], *item.get("ctx", {}).get("at", ())), missing=item["type"] == "missing"),
                item,
            )
            for item in error.errors(include_url=False)
        ]
        # Of several forms that a value may have, the one that it comes nearest to tells what is wrong.
        inner = {one.path[:length] for one in faults for length in range(len(one.path))}
        return list({one.path: one for one in reversed(faults) if one.path not in inner}.values())[::-1]
    return []


@cache
def _adapter() -> TypeAdapter[StandardContract]:
    return TypeAdapter(StandardContract)


def _path(document: JsonValue, loc: tuple[int | str, ...], *, missing: bool) -> tuple[int | str, ...]:
    """`loc` without what is no place of the document: pydantic names branches of unions and validators in it."""
    found: list[int | str] = []
    here: JsonValue = document
    for index, part in enumerate(loc):
        inside = (isinstance(here, dict) and part in here) or (
            isinstance(here, list) and isinstance(part, int) and part < len(here)
        )
        if inside:
            here = here[part]  # type: ignore[index]
            found.append(part)
        elif missing and index == len(loc) - 1:
            found.append(part)
    return tuple(found)
