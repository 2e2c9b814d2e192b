"""Runs of the local workbench."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from mesh_workbench.errors import Conflict, NotFound
from mesh_workbench.lifecycle.quarantine import no_rows, quarantine_of
from mesh_workbench.model.access import Action
from mesh_workbench.model.base import Page, new_id
from mesh_workbench.model.product import Product, ProductStatus
from mesh_workbench.model.retention import Remains
from mesh_workbench.model.retry import RetryPolicy
from mesh_workbench.model.run import PRIORITY, Run, RunRequest
from mesh_workbench.model.runfolder import EXECUTED_FILE, LOG_FILE
from mesh_workbench.model.schedule import MANUAL, Slot, SlotDecision, SlotTime
from mesh_workbench.notebooks.parameters import validate
from mesh_workbench.notebooks.presets import with_preset
from mesh_workbench.scheduling.fires import slot_containing
from mesh_workbench.scheduling.tick import parameters_hash
from mesh_workbench.workbench.context import Context
from mesh_workbench.workbench.versions import LocalVersions
from mesh_workbench.workbench.waiting import placed
from mesh_workbench.workbench.withheld import without_quotes

if TYPE_CHECKING:
    import pyarrow

LOG_LIMIT_BYTES = 256 * 1024
QUEUE_LOOK_S = 1.0


class LocalRuns:
    """Implements `protocol.Runs` on the registry and the run folders."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def request(self, request: RunRequest, *, idempotency_key: str | None = None) -> Run:
        """Queue a run. The same idempotency key gives the same run again.

        Raises NotFound `product.unknown`, `version.unknown`; InvalidInput `parameter.*`; Conflict `product.retired`.
        """
        context, registry = self._context, self._context.registry
        product = context.product(request.product, Action.RUN)
        if product.status is ProductStatus.RETIRED:
            raise Conflict(
                "product.retired", f"{request.product} is retired.", hint="Promote it anew to bring it back."
            )
        version = LocalVersions(context).get(request.product, request.version)
        given = with_preset(version.presets, request.preset, request.parameters)
        parameters = validate(version.parameters, given)
        with registry.transaction():
            if idempotency_key and (known := registry.runs.by_idempotency(idempotency_key)):
                return known
            slot = self._slot(product, request.slot) if request.slot else None
            run = Run(
                id=new_id("run"),
                product=product.full_name,
                product_id=product.id,
                version=version.version,
                version_id=version.id,
                slot=slot,
                trigger=request.trigger,
                parameters=parameters,
                acting_identity=context.identity.name,
                priority=PRIORITY[request.trigger] if request.priority is None else request.priority,
                forced=request.force,
                retry=request.retry,
                created=registry.now(),
            )
            if slot:
                recorded = registry.slots.ensure(
                    Slot(
                        id=new_id("slt"),
                        product_id=product.id,
                        schedule_key=MANUAL,
                        start=slot.start,
                        end=slot.end,
                        timezone=slot.timezone,
                        parameters_hash=parameters_hash(parameters),
                    )
                )
                run = run.model_copy(update={"slot_id": recorded.id})
                registry.slots.decide(
                    recorded.id,
                    SlotDecision(
                        at=run.created, state="run", run_id=run.id, by=run.acting_identity, reason="asked for"
                    ),
                    again=True,
                )
            queued = registry.runs.add(run, idempotency_key=idempotency_key)
            context.audit("run.request", product.full_name, run=run.id, trigger=request.trigger)
        return placed(context, [queued])[0]

    def get(self, run_id: str) -> Run:
        return self._seen([self._known(run_id)])[0]

    def list(self, name: str | None = None, *, cursor: str | None = None, limit: int = 50) -> Page[Run]:
        product_id = self._context.product(name).id if name else None
        page = self._context.registry.runs.list(product_id, cursor=cursor, limit=limit)
        return page.model_copy(update={"items": self._seen([self._ended(run) for run in page.items])})

    def cancel(self, run_id: str) -> Run:
        """Ask for a run to be cancelled; one that has not started ends at once. Raises Conflict `run.final`."""
        run = self._for_change(run_id)
        if run.state.final:
            raise Conflict(
                "run.final", f"Run {run_id} has {run.state.value} already.", hint="Nothing is left to cancel."
            )
        with self._context.registry.transaction():
            cancelled = self._context.registry.runs.cancel_request(run_id)
            self._context.audit("run.cancel", run.product, run=run_id)
        return cancelled

    def retry(self, run_id: str, *, force: bool = False) -> Run:
        """Queue a failed or cancelled run again, as a new attempt of the same run, on behalf of who asks.

        With `force` it runs also when nothing changed since the current release. Raises Conflict `run.not-failed`.
        """
        run = self._for_change(run_id)
        if run.state.value not in ("failed", "cancelled"):
            raise Conflict(
                "run.not-failed",
                f"Run {run_id} is {run.state.value}; only a failed or cancelled run can be retried.",
                hint=f"Start a new one: mesh run {run.product}",
            )
        with self._context.registry.transaction():
            # Who asks is who acts: nobody's rights, and nobody's worker, are used by somebody else's wish.
            acting = self._context.identity.name
            queued = self._context.registry.runs.requeue(run_id, acting_identity=acting, forced=force)
            self._context.audit("run.retry", run.product, run=run_id, before=run.acting_identity)
        return placed(self._context, [queued])[0]

    def watch(self, run_id: str, *, poll_s: float = 0.2) -> Iterator[Run]:
        seen: Run | None = None
        look = 0.0  # at the queue, which costs more than at the run: once a second
        while True:
            run = self._known(run_id)
            if seen is None or run.revision != seen.revision or (seen.waiting and time.monotonic() >= look):
                look = time.monotonic() + QUEUE_LOOK_S
                run = self._seen([run])[0]
                if run != seen:
                    seen = run
                    yield run
            if run.state.final:
                return
            time.sleep(poll_s)

    def notebook(self, run_id: str) -> str:
        """The executed notebook, outputs included, also of a failed run.

        Raises NotFound `run.no-notebook`, or `run.removed` when retention removed it.
        """
        return self._file(run_id, EXECUTED_FILE, "folder", "run.no-notebook", "executed notebook")

    def page(self, run_id: str, *, code: bool = False) -> str:
        """As `notebook`, for people who read. Raises as `notebook`, and as `notebooks.page.page`."""
        from mesh_workbench.notebooks.page import page, parameters_of

        text, run = self.notebook(run_id), self.get(run_id)
        facts = [
            ("run", run.id),
            ("state", run.state.value),
            ("slot", f"{run.slot.start.isoformat()} to {run.slot.end.isoformat()}" if run.slot else ""),
            ("started", run.started.isoformat(timespec="seconds") if run.started else ""),
            ("release", str(run.release or "")),
            ("failed", run.failure.message if run.failure else ""),
        ]
        title = f"{run.product} {run.version}"
        return page(text, title=title, facts=[*parameters_of(run.parameters), *facts], code=code)

    def log(self, run_id: str) -> str:
        """The end of what kernel and worker printed, at most 256 KiB; empty when nothing was printed.

        Raises NotFound `run.removed` when retention removed it.
        """
        try:
            return self._file(run_id, LOG_FILE, "log", "run.no-log", "log")[-LOG_LIMIT_BYTES:]
        except NotFound as missing:
            if missing.code == "run.no-log":
                return ""
            raise

    def quarantine(self, run_id: str) -> pyarrow.Table:
        """Rows of the run's data that broke a promise; none when all were kept.

        Raises NotFound `run.not-checked` before its data was checked, `run.removed` when retention removed them,
        Forbidden when its product may not be read.
        """
        run = self.get(run_id)
        self._context.product_of(run.product_id, Action.READ)
        if run.report_id is None:
            raise NotFound(
                "run.not-checked",
                f"The data of run {run_id} was not checked: it is {run.state.value}.",
                hint="Rows are kept when the notebook has run to its end.",
            )
        rows = quarantine_of(self._context.storage.run_folder(run.id))
        if rows is None:
            self._refuse_if_removed(run, "quarantine", "failing rows")
            return no_rows()
        return rows

    def _file(self, run_id: str, name: str, kind: Remains, code: str, what: str) -> str:
        run = self.get(run_id)
        self._context.product_of(run.product_id, Action.READ)  # outputs show rows
        file = self._context.storage.run_folder(run.id) / name
        try:
            return file.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError as error:
            self._refuse_if_removed(run, kind, what)
            raise NotFound(
                code, f"Run {run_id} has no {what} yet.", hint="It appears when a worker has started the run."
            ) from error

    def _refuse_if_removed(self, run: Run, kind: Remains, what: str) -> None:
        """Raise NotFound `run.removed` when retention removed it and no later attempt may bring it back."""
        removals = self._context.registry.removals.of(run.id) if run.state.final else []
        gone = next((removal for removal in removals if removal.kind in (kind, "folder")), None)
        if gone is not None:
            raise NotFound(
                "run.removed",
                f"The {what} of run {run.id} was removed by retention on {gone.at:%Y-%m-%d}: {gone.reason}.",
                hint=f"`mesh run {run.product}` makes a new one. How long runs keep what is set in mesh.toml.",
            )

    def _seen(self, runs: Sequence[Run]) -> Sequence[Run]:
        """The runs as the acting identity may see them, with their places in the queue."""
        return without_quotes(self._context, placed(self._context, runs))

    def _known(self, run_id: str) -> Run:
        run = self._context.registry.runs.get(run_id)
        if run is None:
            raise NotFound("run.unknown", f"There is no run {run_id}.", hint="`mesh runs` lists them.")
        return self._ended(run)

    def _ended(self, run: Run) -> Run:
        """The run; one whose end was asked for and whose worker has not ended it in time ends now.

        Every worker does that, too. But the only one may be the one that does not answer.
        """
        if not run.cancel_requested or run.state.final or not run.attempts:
            return run
        retry = RetryPolicy.of(self._context.settings)
        return self._context.registry.runs.lose(run, retry=retry) or run

    def _for_change(self, run_id: str) -> Run:
        run = self._known(run_id)
        self._context.product_of(run.product_id, Action.RUN)
        return run

    def _slot(self, product: Product, moment: datetime) -> SlotTime:
        """The slot with `moment` in it: by the product's schedule, else one that was due, else that instant alone."""
        schedule = self._context.registry.schedules.get(product.id)
        if schedule is not None and schedule.after is None:
            return slot_containing(schedule, moment)
        return self._context.registry.slots.containing(product.id, moment) or SlotTime(start=moment, end=moment)
