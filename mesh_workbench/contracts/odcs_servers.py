"""Servers, word by word: every type with the keys that it needs and those that it may have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from mesh_workbench.contracts.odcs_base import CustomProperty, Exact, Maybe, StableId
from mesh_workbench.contracts.odcs_people import Role

_HOST_PORT = "host port database"
SERVERS: dict[str, tuple[str, str]] = {
    "api": ("location", ""),
    "athena": ("schema", "stagingDir catalog regionName workgroup"),
    "azure": ("location format", "delimiter"),
    "bigquery": ("project dataset", ""),
    "clickhouse": (_HOST_PORT, ""),
    "cloudsql": (f"{_HOST_PORT} schema", ""),
    "custom": ("", "account catalog database dataset delimiter endpointUrl format host location path port project "
                   "region regionName schema serviceName stagingDir warehouse stream"),
    "databricks": ("catalog schema", "host"),
    "db2": (_HOST_PORT, "schema"),
    "denodo": ("host port", "database"),
    "dremio": ("host port", "schema"),
    "duckdb": ("database", "schema"),
    "glue": ("account database", "location format"),
    "hive": ("host database", "port"),
    "impala": ("host database", "port"),
    "informix": ("host database", "port"),
    "kafka": ("host", "format"),
    "kinesis": ("", "region format"),
    "local": ("path format", ""),
    "mysql": (_HOST_PORT, ""),
    "oracle": ("host port serviceName", ""),
    "postgres": (f"{_HOST_PORT} schema", ""),
    "postgresql": (f"{_HOST_PORT} schema", ""),
    "presto": ("host", "catalog schema"),
    "pubsub": ("project", ""),
    "redshift": ("database schema", "host region account"),
    "s3": ("location", "endpointUrl format delimiter"),
    "sftp": ("location", "format delimiter"),
    "snowflake": ("account database schema", "host port warehouse"),
    "sqlserver": ("host database schema", "port"),
    "synapse": (_HOST_PORT, ""),
    "trino": ("host port catalog schema", ""),
    "vertica": (f"{_HOST_PORT} schema", ""),
    "zen": ("host database", "port"),
}  # fmt: skip
"""Type to (needed keys, other keys), each of them text but `port`."""
LATER = ("btrieve", "exasol", "fastobjects", "hana", "iceberg", "ingres", "poet", "teradata", "vectorwise", "versant")
"""Types that the text of 3.2 names and its schema does not yet describe: they may have any key."""
_COMMON = frozenset({"id", "server", "type", "description", "environment", "roles", "customProperties"})


class Server(Exact):
    model_config = ConfigDict(extra="allow")

    id: Maybe[StableId]
    server: str
    type: str
    description: Maybe[str]
    environment: Maybe[str]
    roles: Maybe[list[Role]]
    custom_properties: Maybe[list[CustomProperty]]

    @model_validator(mode="before")
    @classmethod
    def _keys_of_its_type(cls, data: Any) -> Any:
        if isinstance(data, Mapping) and isinstance(data.get("type"), str):
            _check(str(data["type"]), data)
        return data


def _check(kind: str, server: Mapping[str, object]) -> None:
    if kind in LATER:
        return
    if kind not in SERVERS:
        raise PydanticCustomError("server", "{kind} is not a type of server", {"kind": repr(kind)})
    needed, others = (names.split() for names in SERVERS[kind])
    for key in needed:
        if key not in server:
            raise PydanticCustomError("server", "a server of type {kind} needs {key}", {"kind": kind, "key": key})
    for key, value in server.items():
        if key in _COMMON:
            continue
        if key not in needed and key not in others:
            raise PydanticCustomError("server", "a server of type {kind} has no {key}", {"kind": kind, "key": key})
        if not (_is_whole(value) if key == "port" else isinstance(value, str)):
            what = "a whole number" if key == "port" else "text"
            raise PydanticCustomError("server", "{key} of a server must be {what}", {"key": key, "what": what})
    if kind == "sftp" and not str(server["location"]).startswith("sftp://"):
        raise PydanticCustomError("server", "location must begin with sftp://")


def _is_whole(value: object) -> bool:
    return (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and value.is_integer())
