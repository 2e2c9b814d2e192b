"""Whether the kernel of a notebook is installed here, told in the plan already."""

from __future__ import annotations

from mesh_workbench.errors import did_you_mean
from mesh_workbench.model.notebook import Finding, FindingLevel, NotebookAnalysis
from mesh_workbench.notebooks.environment import kernel_names


def with_kernel(analysis: NotebookAnalysis) -> NotebookAnalysis:
    """The analysis with an error more when there is no such kernel: promotion would refuse it with the same code."""
    names = kernel_names()
    if analysis.kernel.lower() in names:
        return analysis
    missing = Finding(
        code="kernel.unknown",
        level=FindingLevel.ERROR,
        message=f"There is no kernel {analysis.kernel!r} on this machine.",
        hint=f"{did_you_mean(analysis.kernel, names)} Choose another kernel for the notebook, or install that one.",
    )
    return analysis.model_copy(update={"findings": [missing, *analysis.findings]})
