"""What changed in status, roles, servers and price: whether consumers can still reach the data, and on which terms."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic import JsonValue

from mesh_workbench.contracts.difference.change import Change
from mesh_workbench.contracts.document import ContractDocument

_TEXT_OF_SERVER = ("description", "environment", "id", "customProperties", "roles")


def of_access(old: ContractDocument, new: ContractDocument) -> Iterator[Change]:
    """Changes of everything around the data, in the order of the document."""
    yield from _status(old.contract.status, new.contract.status)
    yield from _servers(old, new)
    yield from _roles(old, new)
    yield from _price(old, new)


def _status(was: str | None, now: str | None) -> Iterator[Change]:
    if was != now:
        word = (now or "").lower()
        grade = "breaking" if word == "retired" else "warning" if word == "deprecated" else "wording"
        yield Change(grade, f"status is {now} instead of {was}")  # type: ignore[arg-type]


def _servers(old: ContractDocument, new: ContractDocument) -> Iterator[Change]:
    before, after = (_named(doc, "servers", "server") for doc in (old, new))
    for name, was in before.items():
        now = after.get(name)
        if now is None:
            yield Change("breaking", f"server {name} is gone")
            continue
        moved = [
            key for key in dict.fromkeys((*was, *now)) if was.get(key) != now.get(key) and key not in _TEXT_OF_SERVER
        ]
        if moved:
            yield Change("breaking", f"server {name} has another {', '.join(moved)}")
    yield from (Change("compatible", f"server {name} is new") for name in after if name not in before)


def _roles(old: ContractDocument, new: ContractDocument) -> Iterator[Change]:
    before, after = (_named(doc, "roles", "role") for doc in (old, new))
    for name, was in before.items():
        now = after.get(name)
        if now is None:
            yield Change("breaking", f"role {name}, which gives access, is gone")
            continue
        if was.get("access") != now.get("access"):
            more = _rights(was) < _rights(now) if was.get("access") else True
            words = f"role {name} gives {now.get('access') or 'nothing'} instead of {was.get('access') or 'nothing'}"
            yield Change("compatible" if more else "breaking", words)
        if any(was.get(key) != now.get(key) for key in ("firstLevelApprovers", "secondLevelApprovers")):
            yield Change("warning", f"others approve of role {name}")
    yield from (Change("compatible", f"role {name} is new") for name in after if name not in before)


def _rights(role: dict[str, JsonValue]) -> set[str]:
    """`read, write` as its words."""
    return set(re.findall(r"[a-z]+", str(role.get("access") or "").lower())) - {"and", "only"}


def _price(old: ContractDocument, new: ContractDocument) -> Iterator[Change]:
    was, now = (_extra(doc, "price") for doc in (old, new))
    if was != now:
        shown = [" ".join(str(v) for v in one.values()) if isinstance(one, dict) else "nothing" for one in (was, now)]
        yield Change("warning", f"the price is {shown[1]} instead of {shown[0]}")


def _extra(doc: ContractDocument, key: str) -> JsonValue:
    return (doc.contract.model_extra or {}).get(key)


def _named(doc: ContractDocument, key: str, name: str) -> dict[str, dict[str, JsonValue]]:
    many = _extra(doc, key)
    return {
        str(one[name]): one for one in (many if isinstance(many, list) else []) if isinstance(one, dict) and name in one
    }
