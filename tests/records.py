"""Makers of values that the registry keeps: whole and valid in one line, changed by keyword."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from mesh_workbench.model.base import new_id, now
from mesh_workbench.model.check import CheckReport, Verdict
from mesh_workbench.model.domain import Domain
from mesh_workbench.model.notice import Notice, NoticeKind, Trouble
from mesh_workbench.model.product import Port, Product
from mesh_workbench.model.publication import PortPlan, Publication
from mesh_workbench.model.release import PortFile, Release, ReleasePort
from mesh_workbench.model.run import Run
from mesh_workbench.model.schedule import Schedule, Slot
from mesh_workbench.model.version import Environment, ProductVersion
from mesh_workbench.registry import Registry, search_lines


def domain(name: str = "flight_ops", **changes: Any) -> Domain:
    return Domain(**{"id": new_id("dom"), "name": name, "owner": "ana", "created": now(), **changes})


def product(full_name: str = "flight_ops.flights", **changes: Any) -> Product:
    of, name = full_name.split(".")
    return Product(
        **{"id": new_id("prd"), "domain": of, "name": name, "owner": "ana", "created": now(), **changes},
    )


def port(of: Product, name: str = "flights", position: int = 0) -> Port:
    return Port(id=new_id("prt"), product_id=of.id, name=name, position=position)


def version(of: Product, number: str = "1.0.0", **changes: Any) -> ProductVersion:
    fields: dict[str, Any] = {
        "id": new_id("ver"),
        "product": of.full_name,
        "product_id": of.id,
        "version": number,
        "major": int(number.split(".")[0]),
        "digest": "sha256:0",
        "notebook_blob": "sha256:0",
        "contract_blobs": {},
        "environment": Environment(kernelspec="python3", python="3.11"),
        "promoted_by": "ana",
        "promoted": now(),
    }
    return ProductVersion(**{**fields, **changes})


def run(of: ProductVersion, **changes: Any) -> Run:
    fields: dict[str, Any] = {
        "id": new_id("run"),
        "product": of.product,
        "product_id": of.product_id,
        "version": of.version,
        "version_id": of.id,
        "trigger": "manual",
        "acting_identity": "ana",
        "created": now(),
    }
    return Run(**{**fields, **changes})


def slot(of: Product, **changes: Any) -> Slot:
    fields: dict[str, Any] = {
        "id": new_id("slt"),
        "product_id": of.id,
        "schedule_key": "manual",
        "start": now() - timedelta(days=1),
        "end": now(),
        "parameters_hash": "h",
    }
    return Slot(**{**fields, **changes})


def schedule(of: Product, cron: str = "0 6 * * *", **changes: Any) -> Schedule:
    fields: dict[str, Any] = {
        "id": new_id("sch"),
        "product_id": of.id,
        "product": of.full_name,
        "cron": cron,
        "acting_identity": "ana",
        "created": now(),
    }
    return Schedule(**{**fields, **changes})


def report(**changes: Any) -> CheckReport:
    return CheckReport(**{"id": new_id("rep"), "verdict": Verdict.KEPT, "made": now(), **changes})


def file(path: str, **changes: Any) -> PortFile:
    return PortFile(**{"path": path, "size": 100, "rows": 10, "run_id": "run_1", **changes})


def release(of: Product, ports: list[Port], number: int = 1, **changes: Any) -> Release:
    major = changes.get("major", 1)
    fields: dict[str, Any] = {
        "id": new_id("rel"),
        "product_id": of.id,
        "product": of.full_name,
        "number": number,
        "version": "1.0.0",
        "major": major,
        "verdict": Verdict.KEPT,
        "checked": 3,
        "promises": 3,
        "ports": [
            ReleasePort(
                port=each.name,
                port_id=each.id,
                major=major,
                delta_version=number - 1,
                rows=10,
                bytes=100,
                files=1,
                arrow_schema="",
            )
            for each in ports
        ],
        "run_id": new_id("run"),
        "report_id": "rep_1",
        "published": now(),
        "published_by": "ana",
    }
    return Release(**{**fields, **changes})


def publication(of: Product, fence: int, **changes: Any) -> Publication:
    fields: dict[str, Any] = {
        "id": new_id("pub"),
        "product_id": of.id,
        "product": of.full_name,
        "run_id": "run_1",
        "version": "1.0.0",
        "major": 1,
        "fence": fence,
        "release": 1,
        "ports": [
            PortPlan(
                port="flights",
                port_id="prt_1",
                major=1,
                mode="replace",
                expected_version=None,
                rows=10,
                bytes=100,
                files=1,
                arrow_schema="",
            )
        ],
        "report_id": "rep_1",
        "verdict": Verdict.KEPT,
        "checked": 3,
        "promises": 3,
        "acting_identity": "ana",
        "prepared": now(),
    }
    return Publication(**{**fields, **changes})


def known_product(registry: Registry, full_name: str = "flight_ops.flights", **changes: Any) -> Product:
    """A product that `registry` knows, with its domain."""
    made = product(full_name, **changes)
    with registry.transaction():
        if registry.domains.get(made.domain) is None:
            registry.domains.add(domain(made.domain))
        return registry.products.add(made, search_lines(made))


def known_version(registry: Registry, full_name: str = "flight_ops.flights", number: str = "1.0.0") -> ProductVersion:
    """A version that `registry` knows, with its product and domain."""
    with registry.transaction():
        owner, name = full_name.split(".")
        known = registry.products.get(owner, name) or known_product(registry, full_name)
        return registry.versions.add(version(known, number))


def notice(of: Product, **changes: Any) -> Notice:
    fields: dict[str, Any] = {
        "id": new_id("ntc"),
        "kind": NoticeKind.FAILED,
        "product_id": of.id,
        "product": of.full_name,
        "text": "Its notebook failed.",
        "since": now(),
        "at": now(),
    }
    return Notice(**{**fields, **changes})


def trouble(of: Product, **changes: Any) -> Trouble:
    fields: dict[str, Any] = {
        "id": new_id("trb"),
        "product_id": of.id,
        "kind": NoticeKind.FAILED,
        "since": now(),
        "text": "Its notebook failed.",
    }
    return Trouble(**{**fields, **changes})
