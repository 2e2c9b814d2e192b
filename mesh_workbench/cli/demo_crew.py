"""Runs of the demo: asked for, watched together, and counted when they are over."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from mesh_workbench.cli.demo_mesh import DemoProduct
from mesh_workbench.cli.given import moment

if TYPE_CHECKING:
    from pydantic import JsonValue

    from mesh_workbench.model.run import Run
    from mesh_workbench.workbench.protocol import Workbench

_POLL_S = 0.2
_LOOKED_AT = 4
"""Runs of one product to ask about at once: they are taken in the order in which they were asked for."""


@dataclass
class Work:
    """The runs of one product that the demo waits for."""

    product: DemoProduct
    waiting: set[str] = field(default_factory=set)
    over: list[Run] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """From the first start to the last end."""
        starts = [run.started for run in self.over if run.started]
        ends = [run.finished for run in self.over if run.finished]
        return (max(ends) - min(starts)).total_seconds() if starts and ends else 0.0


def ask_for(bench: Workbench, product: DemoProduct, parameters: dict[str, JsonValue]) -> Work:
    """Request every run of `product` that has not made a release yet."""
    from mesh_workbench.model.run import RunRequest

    done = _published_slots(bench, product)
    work = Work(product)
    for slot in product.slots or (None,):
        at = moment(slot, "slot")
        if _is_done(done, at):
            continue
        run = bench.runs.request(RunRequest(product=product.name, parameters=parameters, slot=at))
        work.waiting.add(run.id)
    return work


def wait_for(bench: Workbench, works: Iterable[Work], told: Callable[[Work, Run | None], None]) -> None:
    """Wait until all runs are over. `told` hears of each run that ends, and with None of each product that is done."""
    open_works = list(works)
    while open_works:
        for work in list(open_works):
            for run in [bench.runs.get(run_id) for run_id in sorted(work.waiting)[:_LOOKED_AT]]:
                if run.state.final:
                    work.waiting.discard(run.id)
                    work.over.append(run)
                    told(work, run)
            if not work.waiting:
                open_works.remove(work)
                told(work, None)
        if open_works:
            time.sleep(_POLL_S)


def _published_slots(bench: Workbench, product: DemoProduct) -> set[str | None]:
    return {release.slot for release in bench.releases.list(product.name).items}


def _is_done(done: set[str | None], at: datetime | None) -> bool:
    """Whether a release exists: any, or with slots the one of the month that `at` is in."""
    if at is None:
        return bool(done)
    return any(slot and slot[:7] == f"{at:%Y-%m}" for slot in done)
