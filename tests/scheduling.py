"""Products with schedules for tests: whole and valid in one line, and what became of their slots."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from mesh_workbench.model.base import new_id
from mesh_workbench.model.notebook import InputSpec, ParameterSpec
from mesh_workbench.model.product import Product
from mesh_workbench.model.release import Release
from mesh_workbench.model.run import Run, RunState
from mesh_workbench.model.schedule import Schedule, Slot, SlotTime
from mesh_workbench.notebooks.freeze import freeze
from mesh_workbench.registry import Registry
from mesh_workbench.scheduling.fires import words
from tests import records
from tests.builders import notebook


def known(
    registry: Registry,
    name: str = "flight_ops.flights",
    *,
    reads: tuple[str, ...] = (),
    parameters: tuple[ParameterSpec, ...] = (),
) -> Product:
    """A product with one version, whose notebook reads ports and takes parameters."""
    product = records.known_product(registry, name)
    inputs = [InputSpec(port=port.partition("@")[0], version=port.partition("@")[2] or None, cell=0) for port in reads]
    blob = registry.blobs.put(freeze(notebook("x = 1")))
    registry.versions.add(records.version(product, inputs=inputs, parameters=list(parameters), notebook_blob=blob))
    return product


def scheduled(registry: Registry, product: Product, **fields: Any) -> Schedule:
    """A schedule of `product`, hourly unless `fields` say another kind; it is due when they say so."""
    kind = {} if {"cron", "every", "after"} & fields.keys() else {"cron": "0 * * * *"}
    schedule = Schedule(
        **{
            "id": new_id("sch"),
            "product_id": product.id,
            "product": product.full_name,
            "acting_identity": "ana",
            "created": registry.now(),
            **kind,
            **fields,
        }
    )
    return registry.schedules.set(schedule.model_copy(update={"words": words(schedule)}))


def overdue(
    registry: Registry, product: Product, count: int, *, step: timedelta = timedelta(hours=1), **fields: Any
) -> Schedule:
    """A schedule of `product` with an interval of which `count` slots are due; the next is half a step ahead."""
    now = registry.now().replace(microsecond=0)
    last = now - step / 2
    fields = {"every": f"{step.total_seconds():.0f} s", "start": last - 5000 * step, **fields}
    return scheduled(registry, product, next_fire=last - (count - 1) * step, **fields)


def current(registry: Registry, product: Product) -> Schedule:
    schedule = registry.schedules.get(product.id)
    assert schedule is not None
    return schedule


def slots(registry: Registry, product: Product) -> list[Slot]:
    """All of them, by the time that they are about."""
    return sorted(registry.slots.list(product.id, limit=1000).items, key=lambda slot: (slot.start, slot.id))


def states(registry: Registry, product: Product) -> list[str]:
    return [slot.state.value for slot in slots(registry, product)]


def reasons(registry: Registry, product: Product) -> list[str]:
    """The reason of each decision, the oldest slot first."""
    return [decision.reason for slot in slots(registry, product) for decision in slot.decisions]


def finish(registry: Registry, run: Run, state: RunState = RunState.SUCCEEDED) -> None:
    registry.runs.resolve(run.id, state=state)


def released(registry: Registry, product: Product, number: int, slot: SlotTime | None = None, **fields: Any) -> Release:
    """A release of `product`, by a run for `slot`."""
    version = registry.versions.newest(product.id)
    assert version is not None
    run = registry.runs.add(records.run(version, slot=slot))
    finish(registry, run)
    return registry.releases.add(
        records.release(product, [], number, run_id=run.id, published=registry.now(), **fields), {}, {}
    )
