"""tell: from what happened to notices, and from notices to messages that wait to be sent.

Nothing is told by who makes it happen, so nothing can hold that up and nothing is lost when it dies:

- The end of a run is marked in the transaction that ends it. Whoever takes the mark writes notice and messages in the
  same transaction.
- Lateness is what happens when nothing does: it is looked for.
- What lasts is told once and recorded as trouble, which is unique for product and kind; then it is told again after
  growing waits, until it is over. A key of each notice makes one of what several workers find at once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from mesh_workbench.errors import MeshError
from mesh_workbench.lifecycle.announce import announce
from mesh_workbench.lifecycle.late import late
from mesh_workbench.lifecycle.phrase import failure_text, recovery_text
from mesh_workbench.lifecycle.recipients import recipients
from mesh_workbench.model.base import new_id
from mesh_workbench.model.notice import Notice, NoticeKind, Trouble
from mesh_workbench.model.product import Product, ProductStatus
from mesh_workbench.model.run import Run, RunState
from mesh_workbench.settings import Settings

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry

Step = Callable[[Product], int]
"""Tells something about a product inside a transaction; how many notices that made."""
_ENDED_BY_SUCCESS = (NoticeKind.FAILED, NoticeKind.BREACHED)
_LONGEST_WAIT = timedelta(days=7)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Teller:
    """Any number may work at once, in as many processes: the registry decides who tells what."""

    registry: Registry
    settings: Settings

    def tell(self) -> int:
        """Tell everything that is to be told now; how many notices that made.

        What cannot be told of one product holds up no other one: it is logged, and tried again next time.
        """
        registry, told = self.registry, 0
        for product_id in registry.endings.products():
            told += self._guarded(product_id, self._ended)
        overdue, known = late(registry), registry.troubles.of_kind(NoticeKind.LATE)
        for product_id in sorted(overdue.keys() - known.keys()):
            told += self._guarded(product_id, self._became_late)
        for product_id in sorted(known.keys() - overdue.keys()):
            told += self._guarded(product_id, self._no_longer_late)
        for trouble in registry.troubles.to_repeat():
            told += self._guarded(trouble.product_id, partial(self._lasts, kind=trouble.kind))
        return told

    def _guarded(self, product_id: str, step: Step) -> int:
        try:
            with self.registry.transaction():
                product = self.registry.products.hold(product_id)
                if product is None or product.status is ProductStatus.RETIRED:
                    self.registry.endings.take(product_id)
                    self.registry.troubles.end(product_id, list(NoticeKind))
                    return 0
                return step(product)
        except MeshError as fault:
            _log.warning("A notice about the product %s waits: %s", product_id, fault)
            return 0

    def _ended(self, product: Product) -> int:
        runs = self.registry.endings.take(product.id)
        return sum(
            self._failed(product, run) if run.state is RunState.FAILED else self._succeeded(product, run)
            for run in runs
        )

    def _failed(self, product: Product, run: Run) -> int:
        contract = run.failure is not None and run.failure.failure_class == "contract"
        report = self.registry.reports.get(run.report_id) if run.report_id else None
        return self._open(
            product,
            NoticeKind.BREACHED if contract else NoticeKind.FAILED,
            failure_text(run, report, product.release),
            since=run.finished or run.created,
            run_id=run.id,
        )

    def _succeeded(self, product: Product, run: Run) -> int:
        over = _ENDED_BY_SUCCESS if late(self.registry, [product.id]) else (*_ENDED_BY_SUCCESS, NoticeKind.LATE)
        return self._recovered(product, self.registry.troubles.end(product.id, over), run)

    def _became_late(self, product: Product) -> int:
        health = late(self.registry, [product.id]).get(product.id)  # again, now that the product is held
        if health is None:
            return 0
        return self._open(product, NoticeKind.LATE, health.reason, since=health.since or self.registry.now())

    def _no_longer_late(self, product: Product) -> int:
        """Over when a run has made it well, or when nobody expects anything any more; else a run is under way."""
        registry = self.registry
        trouble = registry.troubles.get(product.id, NoticeKind.LATE)
        if trouble is None or late(registry, [product.id]):
            return 0
        run, release = registry.runs.latest_for([product.id]).get(product.id), registry.releases.latest(product.id)
        well = run is not None and run.state in (RunState.SUCCEEDED, RunState.UNCHANGED)
        if well or (release is not None and release.published > trouble.since):
            return self._recovered(product, registry.troubles.end(product.id, [NoticeKind.LATE]), run)
        schedule = registry.schedules.get(product.id)
        if schedule is None or schedule.paused:
            registry.troubles.end(product.id, [NoticeKind.LATE])
        return 0

    def _lasts(self, product: Product, kind: NoticeKind) -> int:
        trouble, moment = self.registry.troubles.get(product.id, kind), self.registry.now()
        if trouble is None or trouble.remind is None or trouble.remind > moment:
            return 0
        if not self.registry.troubles.remind(trouble, self._remind(moment, trouble.reminders + 1)):
            return 0
        return self._tell(product, trouble.model_copy(update={"reminders": trouble.reminders + 1}))

    def _open(self, product: Product, kind: NoticeKind, text: str, since: datetime, run_id: str | None = None) -> int:
        """Trouble that is new is told; more of the same is counted."""
        registry = self.registry
        known = registry.troubles.get(product.id, kind)
        if known is not None:
            registry.troubles.change(known.model_copy(update={"text": text, "run_id": run_id, "runs": known.runs + 1}))
            return 0
        trouble = Trouble(
            id=new_id("trb"),
            product_id=product.id,
            kind=kind,
            since=since,
            text=text,
            run_id=run_id,
            runs=1 if run_id else 0,
            remind=self._remind(registry.now(), 0),
        )
        return self._tell(product, trouble) if registry.troubles.open(trouble) else 0

    def _recovered(self, product: Product, ended: list[Trouble], run: Run | None) -> int:
        if not ended:
            return 0
        release = self.registry.releases.latest(product.id)
        return self._tell(
            product,
            ended[0].model_copy(
                update={
                    "kind": NoticeKind.RECOVERED,
                    "text": recovery_text(run, release.number if release else None),
                    "run_id": run.id if run else None,
                    "runs": sum(trouble.runs for trouble in ended),
                    "reminders": 0,
                }
            ),
        )

    def _remind(self, moment: datetime, reminders: int) -> datetime | None:
        """When to tell again after so many reminders: each wait is three times the one before."""
        if not self.settings.notice_remind_h:
            return None
        wait = timedelta(hours=self.settings.notice_remind_h * 3.0 ** min(reminders, 10))
        return moment + min(wait, _LONGEST_WAIT)

    def _tell(self, product: Product, trouble: Trouble) -> int:
        """One notice, for the list of everybody whom it concerns, and as messages to their addresses."""
        registry, moment = self.registry, self.registry.now()
        notice = Notice(
            id=new_id("ntc"),
            kind=trouble.kind,
            product_id=product.id,
            product=product.full_name,
            run_id=trouble.run_id,
            text=trouble.text,
            since=trouble.since,
            at=moment,
            reminder=trouble.reminders,
            runs=trouble.runs,
        )
        people = recipients(registry, product, notice.kind, self.settings.notice_roles, moment)
        key = f"{trouble.id}/{notice.kind.value}/{notice.reminder}"
        return int(announce(registry, self.settings, notice, key, people))
