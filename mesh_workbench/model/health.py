"""Whether a product keeps its promises now, with the reason in words: what pages, doctor and notices say alike."""

from __future__ import annotations

from datetime import datetime, timedelta

from mesh_workbench.model.check import Verdict
from mesh_workbench.model.failed import failed
from mesh_workbench.model.product import Health, HealthCause, HealthState, PromiseCounts
from mesh_workbench.model.release import Release
from mesh_workbench.model.run import Run, RunState
from mesh_workbench.model.schedule import Schedule

GRACE = timedelta(minutes=5)
"""A product is late when something is overdue by this long."""


def health_of(release: Release | None, run: Run | None, schedule: Schedule | None, moment: datetime) -> Health:
    """Health from the current release, the latest run and the schedule, at `moment`.

    What is wrong now comes before what was right once: a failed latest run, then lateness, then the verdict of the
    current release.
    """
    if run is not None and run.state is RunState.FAILED and (release is None or run.created > release.published):
        failure = run.failure
        contract = failure is not None and failure.failure_class == "contract"
        # Everybody who finds the product sees this, and messages of these classes may quote a row.
        quotes = failure is None or failure.failure_class in ("user_code", "infrastructure")
        message = failed(failure) if failure is None or quotes else failure.message
        kept = f" Release {release.number} stays." if release else ""
        return Health(
            state=HealthState.BREACHED if contract else HealthState.FAILED,
            reason=f"{message.rstrip('.')}.{kept}",
            since=run.finished,
        )
    late = late_of(release, run, schedule, moment)
    if late is not None:
        return late
    if release is None:
        return Health(
            state=HealthState.NEVER_RAN, reason="Nothing has been published yet.", because="nothing_published"
        )
    if release.verdict is Verdict.KEPT:
        state, reason = HealthState.KEPT, f"All {release.promises} promises kept."
    else:
        state, reason = HealthState.KEPT_PARTLY, _partly(_counts(release))
    return Health(state=state, reason=reason, since=release.published, because="kept", counts=_counts(release))


def late_of(release: Release | None, run: Run | None, schedule: Schedule | None, moment: datetime) -> Health | None:
    """Why a product is late at `moment`, and since when; None when it is not. Arguments as of `health_of`.

    A product is late when its schedule should have fired, when its scheduled run still waits, or when its data are
    older than the contract promises.
    """
    latest = moment - GRACE
    held = schedule is None or schedule.paused or schedule.why_paused(moment)
    fire = None if schedule is None or held else schedule.next_fire
    if fire is not None and fire < latest:
        return _late("A scheduled run is due and no worker has taken it up.", "run_due", fire)
    if run is not None and _waits(run) and run.created < latest:
        return _late("A scheduled run waits and no worker has begun it.", "run_waits", run.created)
    if release is not None and release.fresh_until is not None and release.fresh_until < latest:
        return _late("Its data are older than its contract promises.", "data_old", release.fresh_until)
    return None


def _waits(run: Run) -> bool:
    """Whether it is due and was never tried; one that waits to be tried again has failed, which is told otherwise."""
    return run.state is RunState.QUEUED and run.trigger == "schedule" and not run.attempts


def _late(reason: str, because: HealthCause, since: datetime) -> Health:
    return Health(state=HealthState.LATE, reason=reason, since=since, because=because)


def _counts(release: Release) -> PromiseCounts:
    return PromiseCounts(
        promises=release.promises,
        kept=release.checked - release.warned,
        warned=release.warned,
        not_evaluated=release.promises - release.checked,
    )


def _partly(counts: PromiseCounts) -> str:
    told = [f"{counts.kept} of {counts.promises} promises kept"]
    if counts.warned:
        told.append(f"{counts.warned} warned about")
    if counts.not_evaluated:
        told.append(f"{counts.not_evaluated} not evaluated")
    return f"{', '.join(told)}."
