"""A report as text, for people and logs: what was not kept, each with the first failing rows."""

from __future__ import annotations

from mesh_workbench.contracts.render.wording import ORDER, compact, headline, plain, spoken, told
from mesh_workbench.model.check import CheckReport, Outcome

_ROWS = 3


def render(report: CheckReport) -> str:
    """The report, one promise after the other; those that were kept are only counted."""
    lines = [headline(report)]
    for outcome in ORDER:
        for result in report.results if outcome is not Outcome.PASSED else []:
            if result.outcome is not outcome:
                continue
            lines.append(f"{spoken(outcome)}: {plain(result.promise.words)} [{plain(result.promise.id)}]")
            lines.append(f"  {told(result)}")
            lines += [f"  row: {compact(row)}" for row in result.sample[:_ROWS]]
    return "\n".join(line for line in lines if line.strip()) + "\n"
