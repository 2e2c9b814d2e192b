"""Products with releases and readers in a workbench, in a line each and without notebooks."""

from __future__ import annotations

import pyarrow as pa

from mesh_workbench.engine.arrow_text import encode_schema
from mesh_workbench.model.notebook import InputSpec
from mesh_workbench.model.product import ProductStatus
from mesh_workbench.model.promotion import Promotion
from mesh_workbench.model.release import Release
from mesh_workbench.workbench.local import LocalWorkbench
from tests import records
from tests.storage.world import World, new_world


def released(bench: LocalWorkbench, name: str = "flight_ops.flights", *ports: str) -> World:
    """A product with its first release: one row with n = 1 in each port."""
    ports = ports or ("flights",)
    made = new_world(bench.context.registry, bench.context.storage, *ports, full_name=name)  # type: ignore[arg-type]
    made.put({port: [{"n": 1}] for port in ports}, mode="replace")
    return made


def published(bench: LocalWorkbench, promotion: Promotion, number: int) -> Release:
    """What was promoted has published its release `number`, of two columns, id and note; there are no files of it."""
    registry, version = bench.context.registry, promotion.version
    ports = registry.products.ports(version.product_id)
    schema = encode_schema(pa.schema([("id", pa.int64()), ("note", pa.string())]))
    release = records.release(promotion.product, ports, number, version=version.version, major=version.major)
    ports_of_it = [port.model_copy(update={"arrow_schema": schema}) for port in release.ports]
    registry.products.change(version.product_id, release=number, status=ProductStatus.ACTIVE)
    return registry.releases.add(release.model_copy(update={"ports": ports_of_it}), {}, {})


def reads(bench: LocalWorkbench, reader: str, upstream: str) -> None:
    """A product that says it reads another one."""
    registry = bench.context.registry
    product = records.known_product(registry, reader, status=ProductStatus.ACTIVE, version="1.0.0")
    registry.versions.add(records.version(product, inputs=[InputSpec(port=upstream, cell=0)]))
