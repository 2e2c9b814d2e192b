"""What can be wrong in the custom property `severity`."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import JsonValue

from mesh_workbench.contracts.lint.problem import Problem
from mesh_workbench.contracts.odcs import WithCustomProperties
from mesh_workbench.contracts.source import Path
from mesh_workbench.contracts.vocabulary import LOGICAL_TYPES, SERVICE_LEVELS, SEVERITIES
from mesh_workbench.errors import did_you_mean

_WORDS = (*SEVERITIES, "warn", "information")
_PROMISES = frozenset(
    {"exists", "logicalType", "physicalType", "required", "unique", "enum", "primaryKey", "relationship"}
    | {option for options in LOGICAL_TYPES.values() for option in options}
    | set(SERVICE_LEVELS)
)


def of_severity(place: WithCustomProperties, path: Path) -> Iterator[Problem]:
    """Words that are no severity, and promises that are none: both would count as error, without a word."""
    for index, custom in enumerate(place.custom_properties):
        if custom.property != "severity":
            continue
        where = (*path, "customProperties", index, "value")
        said: dict[str, JsonValue] = custom.value if isinstance(custom.value, dict) else {"": custom.value}
        for promise, word in said.items():
            here = (*where, promise) if promise else where
            if not isinstance(word, str) or word.strip().lower() not in _WORDS:
                hint = did_you_mean(str(word), SEVERITIES)
                yield "warning", "contract.unknown-severity", here, f"{word!r} is not a severity", hint
            if promise and promise not in _PROMISES:
                hint = did_you_mean(promise, _PROMISES)
                yield "warning", "contract.unknown-promise", here, f"nothing is promised as {promise!r}", hint
