"""What changed in the words about a thing, and whether it is on its way out."""

from __future__ import annotations

from collections.abc import Iterator

from mesh_workbench.contracts.difference.change import Change
from mesh_workbench.contracts.odcs import Property, SchemaObject

_MADE_BY = ("transformLogic", "transformSourceObjects")


def of_description(name: str, was: Property | SchemaObject, now: Property | SchemaObject) -> Iterator[Change]:
    """A thing that is deprecated, or made in another way, is a warning; other words are wording."""
    before, after = (item.model_extra or {} for item in (was, now))
    if after.get("deprecated") is True and before.get("deprecated") is not True:
        yield Change("warning", f"{name} is deprecated")
    elif before.get("deprecated") is True and after.get("deprecated") is not True:
        yield Change("compatible", f"{name} is no longer deprecated")
    if any(before.get(key) != after.get(key) for key in _MADE_BY):
        yield Change("warning", f"{name} is made in another way")
    if was.description != now.description or was.business_name != now.business_name:
        yield Change("wording", f"{name} is described anew")
