"""Why a run failed, in names only: what a notebook raised may quote a row, and not everybody who sees that a run failed
may read the product."""

from __future__ import annotations

import re

from mesh_workbench.model.run import Failure

_EXCEPTION = re.compile(r"^([A-Za-z_][\w.]{0,80})(?::|$)")


def failed(failure: Failure | None) -> str:
    """In one sentence; of an exception only its kind is told."""
    if failure is None:
        return "Its newest run failed."
    cell = f" in cell {failure.cell + 1}" if failure.cell is not None else ""
    match failure.failure_class:
        case "user_code":
            raised = _EXCEPTION.match(failure.message)
            return f"Its notebook failed{cell}{f' with {raised[1]}' if raised else ''}."
        case "contract":
            return "It broke its contract, and nothing was published."
        case "missing_output":
            return "Its notebook ended without producing an output that it declares."
        case "environment":
            return f"It could not run as it was promoted ({failure.code})."
        case "timeout":
            return f"Its run took longer than it may{cell} ({failure.code})."
        case "lost":
            return "The worker that executed it disappeared."
        case "infrastructure":
            return f"The workbench could not carry out its run ({failure.code})."
