"""Products with releases and readers in a workbench, in a line each and without notebooks."""

from __future__ import annotations

from mesh_workbench.model.notebook import InputSpec
from mesh_workbench.model.product import ProductStatus
from mesh_workbench.workbench.local import LocalWorkbench
from tests import records
from tests.storage.world import World, new_world


def released(bench: LocalWorkbench, name: str = "flight_ops.flights", *ports: str) -> World:
    """A product with its first release: one row with n = 1 in each port."""
    ports = ports or ("flights",)
    made = new_world(bench.context.registry, bench.context.storage, *ports, full_name=name)  # type: ignore[arg-type]
    made.put({port: [{"n": 1}] for port in ports}, mode="replace")
    return made


def reads(bench: LocalWorkbench, reader: str, upstream: str) -> None:
    """A product that says it reads another one."""
    registry = bench.context.registry
    product = records.known_product(registry, reader, status=ProductStatus.ACTIVE, version="1.0.0")
    registry.versions.add(records.version(product, inputs=[InputSpec(port=upstream, cell=0)]))
