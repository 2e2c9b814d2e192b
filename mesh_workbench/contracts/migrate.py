"""Older documents of the standard as 3.2 has them.

From 3.0 to 3.1 exclusive bounds became values (they were flags that sharpened the bound beside them), library rules
name a `metric` (it was `rule`), and the schema of a DuckDB server became text. A list of team members and
`slaDefaultElement` are still read in 3.2, and stay.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import JsonValue

from mesh_workbench.contracts.odcs_quality import OPERATORS
from mesh_workbench.contracts.source import Path

_METRIC_OF_RULE = {
    "nullCheck": "nullValues",
    "duplicateCount": "duplicateValues",
    "uniqueCheck": "duplicateValues",
    "countCheck": "rowCount",
}
_CHECKS = ("nullCheck", "uniqueCheck", "validValues")
"""Rules that say by their name that there must be no breach."""
_METRICS = ("nullValues", "missingValues", "invalidValues", "duplicateValues", "rowCount")

Step = tuple[Path, JsonValue]
"""A path and its new value; None takes the key away."""


def is_older(document: JsonValue) -> bool:
    """Whether the document says that it is ODCS 3.0."""
    version = document.get("apiVersion") if isinstance(document, dict) else None
    return isinstance(version, str) and version.startswith("v3.0.")


def steps(document: JsonValue) -> list[Step]:
    """What must change in a document of 3.0 for it to mean the same in 3.2, the version aside."""
    return list(_steps(document, ())) if is_older(document) else []


def migrated(document: JsonValue) -> JsonValue:
    """A copy of the document with `steps` done; one that needs none is returned as it is."""
    todo = steps(document)
    if not todo:
        return document
    copied = _copy(document)
    for path, value in todo:
        here: JsonValue = copied
        for part in path[:-1]:
            here = here[part]  # type: ignore[index]
        assert isinstance(here, dict)
        if value is None:
            here.pop(str(path[-1]), None)
        else:
            here[str(path[-1])] = value
    return copied


def _copy(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value


def _steps(value: JsonValue, path: Path) -> Iterator[Step]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _steps(item, (*path, index))
    if not isinstance(value, dict):
        return
    options = value.get("logicalTypeOptions")
    if isinstance(options, dict):
        yield from _bounds(options, (*path, "logicalTypeOptions"))
    servers = value.get("servers") if not path else None
    for index, server in enumerate(servers if isinstance(servers, list) else []):
        if isinstance(server, dict):
            yield from _server(server, ("servers", index))
    rules = value.get("quality")
    for index, rule in enumerate(rules if isinstance(rules, list) else []):
        if isinstance(rule, dict):
            yield from _rule(rule, (*path, "quality", index))
    for key, item in value.items():
        if key not in ("logicalTypeOptions", "quality", "customProperties"):
            yield from _steps(item, (*path, key))


def _bounds(options: dict[str, JsonValue], path: Path) -> Iterator[Step]:
    for inclusive, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        flag = options.get(exclusive)
        if flag is True and options.get(inclusive) is not None:
            yield (*path, exclusive), options[inclusive]
            yield (*path, inclusive), None
        elif flag is False:
            yield (*path, exclusive), None


def _rule(rule: dict[str, JsonValue], path: Path) -> Iterator[Step]:
    name = rule.get("rule")
    if rule.get("metric") is not None or not isinstance(name, str) or rule.get("type", "library") != "library":
        return
    metric = name if name in _METRICS else _METRIC_OF_RULE.get(name)
    values = rule.get("validValues")
    if metric is None and name == "validValues" and isinstance(values, list):
        metric = "invalidValues"
        yield (*path, "arguments"), {"validValues": values}
        yield (*path, "validValues"), None
    if metric:
        yield (*path, "metric"), metric
        yield (*path, "rule"), None
        if name in _CHECKS and not any(key in rule for key in OPERATORS):
            yield (*path, "mustBe"), 0


def _server(server: dict[str, JsonValue], path: Path) -> Iterator[Step]:
    schema = server.get("schema")
    if server.get("type") == "duckdb" and isinstance(schema, int) and not isinstance(schema, bool):
        yield (*path, "schema"), str(schema)
