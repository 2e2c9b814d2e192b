"""`mesh contract history`: how promises were kept over time, and what changed last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mesh_workbench.cli import show
from mesh_workbench.cli.opened import opened
from mesh_workbench.cli.options import Json, Product

if TYPE_CHECKING:
    from pydantic import JsonValue

    from mesh_workbench.model.history import ContractHistory, PastCheck, PromiseHistory, PromisePoint

MARKS = {"passed": "✓", "failed": "✕", "error": "E", "warned": "!", "not_evaluated": "-"}
WORDS = {
    "passed": "kept",
    "failed": "broken",
    "error": "could not be checked",
    "warned": "warning",
    "not_evaluated": "not evaluated",
}
_ABSENT = "."
_CHANGES = {
    "broken": "newly broken",
    "recovered": "recovered",
    "outcome": "another outcome",
    "added": "promised anew",
    "removed": "no longer promised",
    "moved": "value moved",
}


def history(
    product: Product,
    promise: Annotated[
        str | None, typer.Argument(metavar="PROMISE", help="Id of one promise, or a column for all about it.")
    ] = None,
    port: Annotated[str | None, typer.Option(help="Port; the first one if not given.")] = None,
    changes: Annotated[bool, typer.Option("--changes", help="Only what the last check found otherwise.")] = False,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=100, help="Checks to look back at.")] = 20,
    as_json: Json = False,
) -> None:
    """Show how the promises of a port were kept, check by check, and what changed last."""
    with opened() as bench:
        found = bench.contracts.history(product, port, promise=promise, limit=limit)
    if as_json:
        show.as_json(found)
    elif not found.checks:
        show.say(f"{product} has not been checked yet.")
        show.next_step(f"mesh run {product} --wait")
    elif changes:
        _changes(found)
    elif len(found.promises) == 1:
        _one(found, found.promises[0])
    else:
        _all(found)


def _all(found: ContractHistory) -> None:
    """A line for each promise, with a mark for each check."""
    show.table(
        ["promise", "checks", "now", "observed", "expected"],
        [
            (
                one.promise.id,
                "".join(MARKS[point.outcome] if point else _ABSENT for point in one.points),
                WORDS[last.outcome] if (last := one.points[-1]) else "no longer promised",
                _value(last.observed) if last else "",
                last.expected if last else "",
            )
            for one in found.promises
        ],
        right=["observed"],
    )
    newest = found.checks[-1]
    earlier = f"{len(found.checks)} checks, the oldest first, since {show.instant(found.checks[0].made)}. "
    show.say(f"{earlier if len(found.checks) > 1 else ''}The last check: {_told(newest)}.")
    show.say("  ".join(f"{mark} {WORDS[outcome]}" for outcome, mark in MARKS.items()) + f"  {_ABSENT} not promised")
    if any(one.points[-1] and one.points[-1].outcome in ("failed", "warned") for one in found.promises):
        show.next_step(f"mesh runs {newest.run_id} --quarantine", "the rows that broke a promise")
    elif found.changes:
        show.next_step(f"mesh contract history {found.product} --changes", "what the last check found otherwise")


def _one(found: ContractHistory, one: PromiseHistory) -> None:
    """A line for each check of one promise, the newest first."""
    show.say(f"{one.promise.id}: {one.promise.words}")
    show.table(
        ["checked", "run", "slot", "release", "outcome", "observed", "expected", "failing", "share"],
        [
            (
                show.ago(check.made),
                check.run_id,
                check.slot.key[:10] if check.slot else "",
                check.release,
                f"{MARKS[point.outcome]} {WORDS[point.outcome]}" if point else f"{_ABSENT} not promised",
                _value(point.observed) if point else "",
                point.expected if point else "",
                show.count(point.failing_rows) if point else "",
                _share(point),
            )
            for check, point in reversed([*zip(found.checks, one.points, strict=True)])
        ],
        right=["release", "observed", "failing", "share"],
    )


def _changes(found: ContractHistory) -> None:
    """What the last check found otherwise than the one before."""
    if len(found.checks) < 2:
        show.say("There was one check only; nothing can be compared.")
        return
    before, after = found.checks[-2:]
    if found.changes:
        show.table(
            ["change", "promise", "before", "after"],
            [
                (_CHANGES[change.kind], change.promise.id, _seen(change.before), _seen(change.after))
                for change in found.changes
            ],
        )
    else:
        show.say("Every promise fared as before.")
    show.say(f"Before: {_told(before)}.")
    show.say(f"After: {_told(after)}.")
    if any(change.kind == "broken" for change in found.changes):
        show.next_step(f"mesh runs {after.run_id} --quarantine", "the rows that broke a promise")


def _told(check: PastCheck) -> str:
    """A check in a few words."""
    of_slot = f", slot {check.slot.key}" if check.slot else ""
    came = f"release {check.release}" if check.release else "not published"
    return f"{show.instant(check.made)} ({check.run_id}{of_slot}, {came})"


def _seen(point: PromisePoint | None) -> str:
    """Outcome and value, with the share of failing rows."""
    if point is None:
        return ""
    parts = [f"{MARKS[point.outcome]} {WORDS[point.outcome]}", _value(point.observed)]
    share = _share(point) if point.failing_rows else ""
    return ", ".join(part for part in parts if part) + (f" ({share})" if share else "")


def _share(point: PromisePoint | None) -> str:
    return "" if point is None or point.share is None else f"{100 * point.share:.3g} %"


def _value(observed: JsonValue) -> str:
    from mesh_workbench.contracts.evidence import number

    if isinstance(observed, int | float) and not isinstance(observed, bool):
        return number(observed)
    return "" if observed is None else str(observed)
