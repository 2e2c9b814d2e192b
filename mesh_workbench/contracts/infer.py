"""A contract proposed from data, in one look at it.

Proposals are conservative: what the data shows beyond doubt (types, columns without nulls) is promised as such; what
may only be so today (closed lists, ranges, formats) is proposed generously and with severity warning.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mesh_workbench.contracts.candidate import Candidate
from mesh_workbench.contracts.candidate_keys import FoundKeys, find_keys
from mesh_workbench.contracts.column_names import words_of
from mesh_workbench.contracts.columns import columns_of
from mesh_workbench.contracts.database import Database, open_database
from mesh_workbench.contracts.described_type import described
from mesh_workbench.contracts.document import parse
from mesh_workbench.contracts.evidence import FEWEST, chance, counted, number
from mesh_workbench.contracts.formats import formats_of
from mesh_workbench.contracts.profile import ColumnProfile, distinct_values, profile_of
from mesh_workbench.contracts.promises import promises_of
from mesh_workbench.contracts.proposed import Proposed
from mesh_workbench.contracts.ranges import generous
from mesh_workbench.contracts.suggestions import suggestions
from mesh_workbench.contracts.views import CANDIDATE
from mesh_workbench.contracts.writing import write
from mesh_workbench.errors import InvalidInput, did_you_mean
from mesh_workbench.model.check import PromiseSpec
from mesh_workbench.model.contract import ContractProposal

if TYPE_CHECKING:
    import pyarrow

MOST_VALUES = 25
"""A closed list is proposed up to this many values …"""
ROWS_PER_VALUE = 20
"""… and when each stands for at least this many rows on average."""
_LONGEST_VALUE = 60
_MOST_NUMBERS = 10
_CATEGORIES = frozenset("status state type kind category class flag code".split())
"""What whole numbers are called that stand for something and measure nothing."""


def infer(
    port_name: str,
    data: pyarrow.Table | Candidate,
    *,
    domain: str = "",
    product: str = "",
    title: str = "",
    description: str = "",
    owner: str = "",
    keys: Sequence[str] = (),
) -> ContractProposal:
    """A contract for the port, proposed from its rows, each promise with its evidence.

    `keys` become the primary key as they are given; without them one is proposed when the data shows it. The same rows
    in the same order give the same proposal.
    Raises InvalidInput `contract.unknown-column` when `keys` names a column that is not there.
    """
    candidate = data if isinstance(data, Candidate) else Candidate.from_table(data, port_name)
    with open_database(candidate, memory_limit="2GB") as database:
        columns = database.describe(CANDIDATE)
        for key in keys:
            if key not in columns:
                raise InvalidInput(
                    "contract.unknown-column",
                    f"keys names {key!r}, and {port_name} has no such column.",
                    hint=did_you_mean(key, columns),
                )
        rows, profiles = profile_of(database, columns)
        found = FoundKeys(tuple(dict.fromkeys(keys)), sure=True) if keys else find_keys(database, profiles, rows)
        proposed = [_column(profile, rows, found) for profile in profiles]
        _propose_formats(database, proposed)
        _propose_values(database, proposed, rows)
    for column in proposed:
        _propose_range(column)
    careful = [] if found.sure else ["primaryKey"]
    text = write(
        port_name, proposed, rows, careful=[*careful, *([] if rows >= FEWEST else ["required"])],
        domain=domain, product=product, title=title, description=description, owner=owner,
    )  # fmt: skip
    doc = parse(text)
    promises = promises_of(doc, port_name)
    evidence, confidence = _told(port_name, proposed, rows)
    if found.primary:
        given = f"mesh.output(keys={list(keys)})" if keys else found.evidence
        evidence[f"{port_name}.primaryKey"] = given
        confidence[f"{port_name}.primaryKey"] = 1.0 if keys else found.confidence
    physical = {one.profile.name: one.profile.type.name for one in proposed}
    return ContractProposal(
        port=port_name,
        text=text,
        columns=[
            column.model_copy(update={"physical_type": physical.get(column.name, "")}) for column in columns_of(doc)
        ],
        promises=promises,
        evidence={one.id: evidence.get(one.id) or _type_of(one, port_name, physical) for one in promises},
        confidence={one.id: confidence.get(one.id, 1.0) for one in promises},
        suggestions=suggestions(port_name, proposed),
        rows=rows,
    )


def _told(port: str, proposed: list[Proposed], rows: int) -> tuple[dict[str, str], dict[str, float]]:
    """Evidence and confidence by the id of the promise."""
    evidence = {f"{port}.{one.profile.name}.{aspect}": why for one in proposed for aspect, why in one.evidence.items()}
    confidence = {
        f"{port}.{one.profile.name}.{aspect}": much for one in proposed for aspect, much in one.confidence.items()
    }
    return evidence | {f"{port}.rowCount": counted(rows, "row")}, confidence


def _type_of(promise: PromiseSpec, port: str, physical: dict[str, str]) -> str:
    """What shows a promise about a type: the type of the column that the promise is about, or lies in."""
    target = promise.target.removeprefix(f"{port}.")
    inside = target not in physical
    column = max((name for name in physical if target.startswith(name)), key=len) if inside else target
    return f"the column is {physical[column]}"


def _column(profile: ColumnProfile, rows: int, keys: FoundKeys) -> Proposed:
    alone = profile.name in keys.unique or keys.primary == (profile.name,)
    proposed = Proposed(profile, type=described(profile.type), identifies=alone)
    proposed.evidence["exists"] = "the data has it"
    if rows and profile.present == rows:
        proposed.required = True
        proposed.evidence["required"] = f"no nulls in {counted(rows, 'row')}"
        proposed.confidence["required"] = chance(rows)
    if profile.name in keys.primary:
        proposed.key_position = keys.primary.index(profile.name) + 1
    if profile.name in keys.unique:
        proposed.unique = True
        proposed.evidence["unique"] = f"no value twice in {counted(profile.present, 'value')}"
        proposed.confidence["unique"] = chance(profile.present)
    return proposed


def _propose_formats(database: Database, proposed: list[Proposed]) -> None:
    texts = {
        one.profile.name: one
        for one in proposed
        if one.profile.type.name == "VARCHAR" and one.profile.present >= FEWEST and one.profile.distinct > 1
    }
    for name, found in formats_of(database, [one.profile for one in texts.values()]).items():
        one = texts[name]
        one.format = found
        one.evidence[found.option] = f"all {counted(one.profile.present, 'value')} are {found.name}"
        one.confidence[found.option] = chance(one.profile.present)


def _propose_values(database: Database, proposed: list[Proposed], rows: int) -> None:
    few = [
        one
        for one in proposed
        if _may_be_a_list(one.profile) and not one.identifies and one.format is None  # which says what else may come
    ]
    for one, values in zip(few, distinct_values(database, [one.profile.name for one in few]), strict=True):
        most = MOST_VALUES if one.profile.type.family == "string" else _MOST_NUMBERS
        if 1 < len(values) <= most and one.profile.present >= ROWS_PER_VALUE * len(values):
            one.values = list(values)
            one.evidence["enum"] = f"{len(values)} different values in {counted(rows, 'row')}"
            one.confidence["enum"] = min(round(1 - len(values) / one.profile.present, 4), chance(one.profile.present))


def _may_be_a_list(profile: ColumnProfile) -> bool:
    """Texts, and whole numbers whose name says that they stand for something."""
    if not 0 < profile.distinct <= 2 * MOST_VALUES:  # an estimate: exact below
        return False
    if profile.type.family == "integer":
        return not _CATEGORIES.isdisjoint(words_of(profile.name)[-1:])
    return profile.type.name == "VARCHAR" and profile.longest <= _LONGEST_VALUE


def _propose_range(column: Proposed) -> None:
    """Bounds of numbers that measure something."""
    low, high = column.profile.low, column.profile.high
    if column.identifies or column.values or low is None or high is None or column.profile.present < FEWEST:
        return
    bounds = generous(low, high)
    if bounds:
        column.minimum, column.maximum = bounds
        seen = f"{number(low)} to {number(high)} in {counted(column.profile.present, 'value')}"
        column.evidence["minimum"] = column.evidence["maximum"] = seen
        column.confidence["minimum"] = column.confidence["maximum"] = chance(column.profile.present)
