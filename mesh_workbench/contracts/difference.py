"""What a change of contract means to those who rely on it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic import JsonValue

from mesh_workbench.contracts.change import BUMP, GRADES, Change, Grade
from mesh_workbench.contracts.difference_access import of_access
from mesh_workbench.contracts.difference_levels import of_service_levels
from mesh_workbench.contracts.difference_patterns import of_pattern
from mesh_workbench.contracts.difference_rules import of_rules
from mesh_workbench.contracts.document import ContractDocument
from mesh_workbench.contracts.odcs import Property, Relationship, SchemaObject
from mesh_workbench.contracts.references import names_of
from mesh_workbench.contracts.rules.physical_type import fits_into
from mesh_workbench.errors import InvalidInput
from mesh_workbench.model.version import Bump, SemanticVersion

_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")


def bump(old: ContractDocument, new: ContractDocument) -> tuple[Bump | None, list[str]]:
    """How far the version must move from `old` to `new`, with the reasons, gravest first; (None, []) when equal.

    A promise that is taken back or weakened is major, one that is added or sharpened minor, wording patch.
    """
    if old.text == new.text or old.source.value == new.source.value:
        return None, []
    found = sorted(changes(old, new), key=lambda change: GRADES.index(change.grade))
    if not found:
        return "patch", ["what changed promises nothing"]
    return BUMP[found[0].grade], [change.words for change in found]


def next_version(old: ContractDocument, step: Bump | None) -> str:
    """The version that a document must have after a change; empty when the old one is no semantic version."""
    try:
        version = SemanticVersion.parse(old.contract.version)
    except InvalidInput:
        return ""
    return str(version.bump(step) if step else version)


def changes(old: ContractDocument, new: ContractDocument) -> list[Change]:
    """Every difference between two contracts that means something, in the order of the document."""
    found: list[Change] = []
    before = {item.name: item for item in old.contract.schema_}
    after = {item.name: item for item in new.contract.schema_}
    if len(before) == len(after) == 1:  # a renamed port keeps its single object
        before, after = ({"": next(iter(named.values()))} for named in (before, after))
    for name, table in before.items():
        if name in after:
            found += _object(table, after[name])
        else:
            found.append(Change("breaking", f"object {name} is gone"))
    found += [Change("compatible", f"object {name} is new") for name in after if name not in before]
    return [*found, *of_service_levels(old, new), *of_access(old, new)]


def _object(old: SchemaObject, new: SchemaObject) -> Iterator[Change]:
    before = {item.name: item for item in old.properties}
    after = {item.name: item for item in new.properties}
    yield from _columns(before, after, "column", "")
    keys = [[item.name for item in table.key()] for table in (old, new)]
    if keys[0] and keys[0] != keys[1]:
        became = f"({', '.join(keys[1])})" if keys[1] else "nothing"
        yield Change("breaking", f"the key ({', '.join(keys[0])}) became {became}")
    elif keys[1] and not keys[0]:
        yield Change("compatible", f"({', '.join(keys[1])}) is promised to be the key")
    yield from of_rules("the table", old.quality, new.quality)
    yield from _relationships("the table", old.relationships, new.relationships)


def _property(name: str, old: Property, new: Property) -> Iterator[Change]:
    if old.logical_type != new.logical_type:
        grade: Grade = "breaking" if old.logical_type else "compatible"
        yield Change(grade, f"{name} changes its type from {old.logical_type} to {new.logical_type}")
    if (old.physical_type or "").lower() != (new.physical_type or "").lower():
        narrower = not old.physical_type or bool(new.physical_type and fits_into(new.physical_type, old.physical_type))
        words = f"{name} changes its physical type from {old.physical_type} to {new.physical_type}"
        yield Change("compatible" if narrower else "breaking", words)
    for word, was, now in (("required", old.required, new.required), ("unique", old.unique, new.unique)):
        if was and not now:
            yield Change("breaking", f"{name} is no longer {word}")
        elif now and not was:
            yield Change("compatible", f"{name} is {word} now")
    yield from _enum(name, old, new)
    yield from _options(name, old.logical_type_options or {}, new.logical_type_options or {})
    yield from of_rules(name, old.quality, new.quality)
    if (old.classification or "") != (new.classification or ""):
        grade = "warning" if _is_stricter(old.classification, new.classification) else "compatible"
        yield Change(grade, f"{name} is classified {new.classification or 'no longer'}")
    yield from _relationships(name, old.relationships, new.relationships)
    if old.description != new.description or old.business_name != new.business_name:
        yield Change("wording", f"{name} is described anew")
    before, after = ({item.name: item for item in part.properties} for part in (old, new))
    yield from _columns(before, after, "field", f"{name}.")
    if old.items and new.items:
        yield from _property(f"{name}[]", old.items, new.items)
    for part in ("key", "value"):
        was, now = (getattr(one.map, part) if one.map else None for one in (old, new))
        if was and now:
            yield from _property(f"{name}.{part}", was, now)


def _columns(before: dict[str, Property], after: dict[str, Property], what: str, prefix: str) -> Iterator[Change]:
    renamed = _renamed(before, after)
    for name, item in before.items():
        if name in after:
            yield from _property(f"{prefix}{name}", item, after[name])
        elif name in renamed:
            yield Change("breaking", f"{what} {prefix}{name} is renamed to {renamed[name]}")
            yield from _property(f"{prefix}{renamed[name]}", item, after[renamed[name]])
        else:
            yield Change("breaking", f"{what} {prefix}{name} is gone")
    for name in after:
        if name not in before and name not in renamed.values():
            yield Change("compatible", f"{what} {prefix}{name} is new")


def _renamed(before: dict[str, Property], after: dict[str, Property]) -> dict[str, str]:
    """Old name to new one, of what is the same by its id, by its physical name, or by all that is said of it."""
    gone = {name: item for name, item in before.items() if name not in after}
    new = {name: item for name, item in after.items() if name not in before}
    found: dict[str, str] = {}
    for sign in (lambda item: item.id, lambda item: item.physical_name, _all_that_is_said):
        for name, item in gone.items():
            mark = sign(item)
            same = [other for other, one in new.items() if other not in found.values() and mark and sign(one) == mark]
            alike = [other for other, one in gone.items() if mark and sign(one) == mark]
            if name not in found and len(same) == len(alike) == 1:
                found[name] = same[0]
    return found


def _all_that_is_said(item: Property) -> str:
    """Everything but the name; nothing when that is too little to know it again by."""
    said = item.model_dump(exclude={"name", "id", "physical_name"}, exclude_defaults=True)
    return repr(sorted(said.items())) if len(said) > 2 else ""


def _relationships(name: str, old: list[Relationship], new: list[Relationship]) -> Iterator[Change]:
    before, after = ([(names_of(one.from_), names_of(one.to)) for one in many] for many in (old, new))
    for start, to in before:
        if (start, to) not in after:
            yield Change("breaking", f"{', '.join(start) or name} no longer points to {', '.join(to)}")
    for start, to in after:
        if (start, to) not in before:
            yield Change("compatible", f"{', '.join(start) or name} points to {', '.join(to)}")


def _is_stricter(old: str | None, new: str | None) -> bool:
    """Whether fewer people may see it; an unknown word counts as such."""
    order = ("", "public", "internal", "confidential", "restricted", "secret")
    places = [order.index((word or "").lower()) if (word or "").lower() in order else None for word in (old, new)]
    return None in places or places[1] > places[0]  # type: ignore[operator]


def _enum(name: str, old: Property, new: Property) -> Iterator[Change]:
    before, after = ([value.value for value in item.enum] for item in (old, new))
    if before and not after:
        yield Change("breaking", f"{name} no longer promises a closed list of values")
    elif after and not before:
        yield Change("compatible", f"{name} has a closed list of values now")
    else:
        added = [value for value in after if value not in before]
        gone = [value for value in before if value not in after]
        if added:
            yield Change("breaking", f"{name} may hold new values: {', '.join(map(str, added))}")
        if gone:
            yield Change("compatible", f"{name} no longer holds: {', '.join(map(str, gone))}")


def _options(name: str, old: dict[str, JsonValue], new: dict[str, JsonValue]) -> Iterator[Change]:
    for option in dict.fromkeys((*old, *new)):
        was, now = old.get(option), new.get(option)
        if was == now:
            continue
        if was in (None, False):
            yield Change("compatible", f"{name} promises {option} {now}")
        elif now in (None, False):
            yield Change("breaking", f"{name} no longer promises {option} {was}")
        elif option == "pattern":
            yield of_pattern(name, str(was), str(now))
        else:
            wider = _wider(option, was, now)
            word = "widens" if wider else "narrows" if wider is False else "changes"
            yield Change("compatible" if wider is False else "breaking", f"{name} {word} {option} from {was} to {now}")


def _wider(option: str, was: JsonValue, now: JsonValue) -> bool | None:
    """Whether the new option lets more through; None when that cannot be said."""
    texts = isinstance(was, str) and isinstance(now, str)
    if option == "format" and texts:
        widths = [re.fullmatch(r"([iuf])(\d+)", str(text)) for text in (was, now)]
        if widths[0] and widths[1] and widths[0][1] == widths[1][1]:
            return int(widths[1][2]) > int(widths[0][2])
        return None
    if not isinstance(was, str | int | float) or not isinstance(now, str | int | float):
        return None
    if option == "multipleOf" and not texts and was and now:
        finer, coarser = (float(was) / float(now)).is_integer(), (float(now) / float(was)).is_integer()
        return True if finer else False if coarser else None
    if isinstance(was, str) != isinstance(now, str) or option not in (*_UPPER, *_LOWER):
        return None
    more = now > was  # type: ignore[operator]  # ISO dates compare as text
    return more if option in _UPPER else not more
