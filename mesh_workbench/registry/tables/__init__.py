"""The tables of the registry, one noun a file. `METADATA` knows them all."""

from __future__ import annotations

from mesh_workbench.registry.tables import (
    attempt,
    audit_record,
    blob,
    check_report,
    contract,
    domain,
    grant,
    idempotency_key,
    input_port,
    member,
    port,
    port_file,
    probe,
    product,
    product_version,
    publication,
    publisher_lock,
    read_log,
    release,
    run,
    schedule,
    slot,
    slot_decision,
    worker,
)
from mesh_workbench.registry.tables.base import RowBase

METADATA = RowBase.metadata

__all__ = [
    "METADATA",
    "attempt",
    "audit_record",
    "blob",
    "check_report",
    "contract",
    "domain",
    "grant",
    "idempotency_key",
    "input_port",
    "member",
    "port",
    "port_file",
    "probe",
    "product",
    "product_version",
    "publication",
    "publisher_lock",
    "read_log",
    "release",
    "run",
    "schedule",
    "slot",
    "slot_decision",
    "worker",
]
