"""A contract proposed from data, in one look at it.

Proposals are conservative: what the data shows beyond doubt (types, columns without nulls) is promised as such; what
may only be so today (closed lists, ranges, formats) is proposed generously and with severity warning.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mesh_workbench.contracts.candidate import Candidate
from mesh_workbench.contracts.columns import columns_of
from mesh_workbench.contracts.database import CANDIDATE, Database, open_database
from mesh_workbench.contracts.document import parse
from mesh_workbench.contracts.formats import FEWEST, formats_of
from mesh_workbench.contracts.profile import ColumnProfile, distinct_values, is_unique, profile_of
from mesh_workbench.contracts.promises import promises_of
from mesh_workbench.contracts.proposed import Proposed
from mesh_workbench.contracts.ranges import generous
from mesh_workbench.contracts.suggestions import suggestions
from mesh_workbench.contracts.writing import write
from mesh_workbench.errors import InvalidInput, did_you_mean
from mesh_workbench.model.contract import ContractProposal

if TYPE_CHECKING:
    import pyarrow

MOST_VALUES = 25
"""A closed list is proposed up to this many values …"""
ROWS_PER_VALUE = 20
"""… and when each stands for at least this many rows on average."""
_LONGEST_VALUE = 60
_KEY_WORDS = ("id", "key", "code", "uuid", "guid", "number", "no", "nr")
_LOGICAL = {
    "integer": "integer", "decimal": "number", "float": "number", "string": "string", "boolean": "boolean",
    "date": "date", "timestamp": "timestamp", "timestamptz": "timestamp", "time": "time", "list": "array",
    "struct": "object",
}  # fmt: skip


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

    `keys` become the primary key as they are given; without them a single column is proposed that looks like one.
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
        proposed = [_column(profile, rows) for profile in profiles]
        _propose_key(database, proposed, rows, keys)
        _propose_formats(database, proposed)
        _propose_values(database, proposed, rows)
    for column in proposed:
        _propose_range(column)
    text = write(
        port_name, proposed, rows, domain=domain, product=product, title=title, description=description, owner=owner
    )
    doc = parse(text)
    promises = promises_of(doc, port_name)
    evidence = {
        f"{port_name}.{one.profile.name}.{aspect}": why for one in proposed for aspect, why in one.evidence.items()
    }
    confidence = {
        f"{port_name}.{one.profile.name}.{aspect}": much for one in proposed for aspect, much in one.confidence.items()
    }
    if any(one.key_position for one in proposed):
        confidence[f"{port_name}.primaryKey"] = 1.0 if keys else _chance(rows)
        given = f"mesh.output(keys={list(keys)})" if keys else f"every one of {rows:,} rows has another value"
        evidence[f"{port_name}.primaryKey"] = given
    evidence[f"{port_name}.rowCount"] = f"{rows:,} rows"
    known = {promise.id for promise in promises}
    physical = {one.profile.name: one.profile.type.name for one in proposed}
    return ContractProposal(
        port=port_name,
        text=text,
        columns=[
            column.model_copy(update={"physical_type": physical.get(column.name, "")}) for column in columns_of(doc)
        ],
        promises=promises,
        evidence={name: why for name, why in evidence.items() if name in known},
        confidence={promise.id: confidence.get(promise.id, 1.0) for promise in promises},
        suggestions=suggestions(port_name, proposed),
        rows=rows,
    )


def _chance(seen: int) -> float:
    """How likely the next one keeps what `seen` ones kept, by the rule of succession."""
    return round((seen + 1) / (seen + 2), 4)


def _column(profile: ColumnProfile, rows: int) -> Proposed:
    kind = profile.type
    proposed = Proposed(profile, logical_type=_LOGICAL.get(kind.family))
    if kind.family == "decimal" and kind.scale == 0:
        proposed.logical_type = "integer"
    proposed.evidence["exists"] = "the data has it"
    if proposed.logical_type:
        proposed.evidence["logicalType"] = f"the column is {kind.name}"
    elif kind.family != "null":
        proposed.physical_type = kind.name
        proposed.evidence["physicalType"] = f"the column is {kind.name}"
    if rows and profile.present == rows:
        proposed.required = True
        proposed.evidence["required"] = f"no nulls in {rows:,} rows"
        proposed.confidence["required"] = _chance(rows)
    return proposed


def _propose_key(database: Database, proposed: list[Proposed], rows: int, keys: Sequence[str]) -> None:
    """The given key; else a single column without nulls and repetitions that stands first or is named like a key."""
    if keys:
        by_name = {one.profile.name: one for one in proposed}
        for position, name in enumerate(dict.fromkeys(keys), start=1):
            by_name[name].key_position = position
        return
    if rows < 2:
        return  # one row is always unique, and says nothing
    possible = [
        one
        for index, one in enumerate(proposed)
        if one.required
        and one.profile.type.family in ("integer", "string")
        and one.profile.distinct >= 0.9 * rows  # an estimate: exact below
        and (index == 0 or _named_like_a_key(one.profile.name))
    ]
    possible.sort(key=lambda one: not _named_like_a_key(one.profile.name))
    for one in possible[:3]:
        if is_unique(database, one.profile.name, rows):
            one.key_position = 1
            return


def _named_like_a_key(name: str) -> bool:
    words = name.lower().replace("-", "_").replace(" ", "_").split("_")
    return words[-1] in _KEY_WORDS or name.endswith(("Id", "ID"))


def _propose_formats(database: Database, proposed: list[Proposed]) -> None:
    texts = {
        one.profile.name: one
        for one in proposed
        if one.profile.type.name == "VARCHAR" and one.profile.present >= FEWEST and one.profile.distinct > 1
    }
    for name, found in formats_of(database, list(texts)).items():
        one = texts[name]
        one.format = found
        one.evidence[found.option] = f"all {one.profile.present:,} values are {found.name}"
        one.confidence[found.option] = _chance(one.profile.present)


def _propose_values(database: Database, proposed: list[Proposed], rows: int) -> None:
    few = [
        one
        for one in proposed
        if one.profile.type.name == "VARCHAR"
        and not one.key_position
        and one.format is None  # which says what else may come
        and 0 < one.profile.distinct <= 2 * MOST_VALUES  # an estimate: exact below
        and one.profile.longest <= _LONGEST_VALUE
    ]
    for one, values in zip(few, distinct_values(database, [one.profile.name for one in few]), strict=True):
        if 1 < len(values) <= MOST_VALUES and one.profile.present >= ROWS_PER_VALUE * len(values):
            one.values = list(values)
            one.evidence["enum"] = f"{len(values)} different values in {rows:,} rows"
            one.confidence["enum"] = round(1 - len(values) / one.profile.present, 4)


def _propose_range(column: Proposed) -> None:
    low, high = column.profile.low, column.profile.high
    if column.key_position or low is None or high is None:
        return
    bounds = generous(low, high)
    if bounds:
        column.minimum, column.maximum = bounds
        seen = f"{low:,} to {high:,} in {column.profile.present:,} values"
        column.evidence["minimum"] = column.evidence["maximum"] = seen
        column.confidence["minimum"] = column.confidence["maximum"] = _chance(column.profile.present)
