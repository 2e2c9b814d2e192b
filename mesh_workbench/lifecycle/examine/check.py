"""What a check is, and what it is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mesh_workbench.model.examination import Problem
from mesh_workbench.model.product import Product

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry
    from mesh_workbench.storage.base import Storage

_TRIES = 3


@dataclass(frozen=True)
class Scene:
    """What is examined. Others may be at work in it meanwhile."""

    registry: Registry
    storage: Storage
    by: str
    """Who examines, for the record of what is repaired."""
    patience_s: float
    """How long living workers may take to notice that a lease is over."""
    grace_s: float
    """How old a file must be that belongs to nothing, before repairing deletes it."""
    lose: Callable[[str], str]
    """Resolves a run whose lease is over, as workers do; the state in which it is then, or nothing."""


@dataclass(frozen=True)
class Check:
    """One thing that must hold. `look` finds where it does not; `repair` puts one problem right and says how, or says
    nothing when it could not."""

    name: str
    sentence: str
    look: Callable[[Scene], Iterable[Problem]]
    repair: Callable[[Scene, Problem], str] | None = None


def steadily(scene: Scene, look: Callable[[Scene, Product], Iterable[Problem]]) -> Iterator[Problem]:
    """What `look` finds in each product while nobody publishes it: what was seen half way is looked at again.

    A product that is being published all the time is left out: its publications are checked by themselves.
    """
    for name in scene.registry.products.names():
        product = scene.registry.products.get(*name.split("."))
        for _ in range(_TRIES if product else 0):
            assert product is not None
            before = _standing(scene, product)
            if before[1] is not None:
                break
            problems = [*look(scene, product)]
            if not problems or _standing(scene, product) == before:
                yield from problems
                break


def _standing(scene: Scene, product: Product) -> tuple[int, str | None]:
    """The newest release of a product, and the publication that is unfinished."""
    with scene.registry.snapshot():
        newest = scene.registry.releases.newest_number(product.id)
        unfinished = scene.registry.publications.unfinished(product.id)
    return newest, unfinished.id if unfinished else None
