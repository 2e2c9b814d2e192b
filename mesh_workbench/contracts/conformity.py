"""Where a document is not what the standard's own schema accepts."""

from __future__ import annotations

from functools import cache

from pydantic import JsonValue, TypeAdapter, ValidationError

from mesh_workbench.contracts.document import Fault
from mesh_workbench.contracts.odcs_contract import StandardContract


def deviations(document: JsonValue) -> list[Fault]:
    """Every place at which other tools may refuse the document; none when it is ODCS 3.2 to the letter."""
    try:
        _adapter().validate_python(document)
    except ValidationError as error:
        faults = [
            _fault(document, (*item["loc"], *item.get("ctx", {}).get("at", ())), item["type"], item["msg"])
            for item in error.errors(include_url=False)
        ]
        # Of several forms that a value may have, the one that it comes nearest to tells what is wrong.
        inner = {fault.path[:length] for fault in faults for length in range(len(fault.path))}
        return [fault for fault in faults if fault.path not in inner]
    return []


@cache
def _adapter() -> TypeAdapter[StandardContract]:
    return TypeAdapter(StandardContract)


def _fault(document: JsonValue, loc: tuple[int | str, ...], kind: str, message: str) -> Fault:
    path = _path(document, loc, missing=kind == "missing")
    name = str(path[-1]) if path else "the document"
    if kind == "extra_forbidden":
        return Fault(path, f"{name!r} is not a key that ODCS knows here", "Move it into customProperties.")
    if kind == "missing":
        return Fault(path, f"{name!r} is missing", f"Add {name}.")
    return Fault(path, f"{name!r}: {message[:1].lower()}{message[1:]}", "The standard says what may stand here.")


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
