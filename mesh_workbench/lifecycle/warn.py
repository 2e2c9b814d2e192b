"""warn: what a reader should know of the products that an answer was made from, in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from mesh_workbench.model.check import Verdict
from mesh_workbench.model.health import health_of
from mesh_workbench.model.product import Health, HealthState, Product, ProductStatus
from mesh_workbench.model.release import Release

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry

_TROUBLE = {
    HealthState.LATE: "is late",
    HealthState.BREACHED: "broke its contract in its newest run",
    HealthState.FAILED: "failed in its newest run",
}


def troubles(registry: Registry, product_ids: Iterable[str]) -> dict[str, Health]:
    """How those of `product_ids` are that do not do what they promise now, by id; three statements for all."""
    ids = list(product_ids)
    if not ids:
        return {}
    releases, runs = registry.releases.latest_many(ids), registry.runs.latest_for(ids, current=True)
    schedules, moment = registry.schedules.many(ids), registry.now()
    found = {one: health_of(releases.get(one), runs.get(one), schedules.get(one), moment) for one in ids}
    return {one: health for one, health in found.items() if health.state in _TROUBLE}


def trouble_words(product: Product, health: Health) -> str:
    """One sentence that says since when, and one that says why."""
    since = f" since {health.since:%Y-%m-%d %H:%M} UTC" if health.since and health.state is HealthState.LATE else ""
    return f"{product.full_name} {_TROUBLE[health.state]}{since}: {health.reason}"


def warnings_of(read_as: str, version: str | None, product: Product, release: Release) -> list[str]:
    """What the product, by the name and version under which it is read, and the release say of themselves."""
    name, found = product.full_name, []
    if read_as != name:
        found.append(f"{read_as} is called {name} now; write that.")
    if product.status is ProductStatus.DEPRECATED:
        found.append(f"{name} is deprecated{f': {product.sunset.words}' if product.sunset else '.'}")
    major = int(product.version.partition(".")[0]) if product.version else release.major
    if version and release.major < major:
        old = product.old_major(version)
        until = f" It can be read until {old.until:%Y-%m-%d %H:%M} UTC." if old and old.until else ""
        found.append(f"{name}@{release.major} is superseded: the newest version is {product.version}.{until}")
    if release.verdict is Verdict.KEPT_PARTLY:
        kept = f"{release.checked} of {release.promises} checked"
        found.append(f"Release {release.number} of {name} kept its promises partly: {kept}.")
    return found
