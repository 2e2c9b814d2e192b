"""The papermill engine `mesh`: nbclient beneath, with what papermill's own lacks.

A whole-run limit, cancelling, the working directory given to the kernel instead of changed for the process, a fresh
kernel over IPC, and atomic, throttled saves. papermill loads this module while it is itself being imported, so nothing
of papermill is imported here before a method is called.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from mesh_workbench.executors.execution import Setting
    from mesh_workbench.executors.saving import SeldomSaved
    from mesh_workbench.executors.watch import Ending


class MeshEngine:
    """papermill's engine interface: `papermill.execute_notebook(…, engine_name="mesh")` uses it too."""

    @classmethod
    def execute_notebook(
        cls,
        nb: NotebookNode,
        kernel_name: str,
        output_path: str | None = None,
        start_timeout: float = 60,
        execution_timeout: float | None = None,
        autosave_cell_every: float = 5,
        **_: Any,
    ) -> NotebookNode:
        """papermill's entrance. A cell that raises is marked in the notebook, as papermill expects; raises
        RunFailed when the notebook could not be executed to its end for any other reason."""
        from mesh_workbench.errors import RunFailed
        from mesh_workbench.executors.base import Limits
        from mesh_workbench.executors.execution import Setting
        from mesh_workbench.executors.fresh import FreshKernels
        from mesh_workbench.executors.kernel import Wanted
        from mesh_workbench.executors.log import RunLog
        from mesh_workbench.executors.saving import SeldomSaved

        saved = SeldomSaved(nb, Path(output_path) if output_path else None, autosave_cell_every)
        setting = Setting(
            Wanted(kernel_name, folder=Path.cwd(), shared=dict(os.environ), own={}),
            FreshKernels(),
            RunLog(None, 0),
            Limits(start_s=start_timeout, run_s=execution_timeout or 0),
        )
        ending = cls.execute_managed_notebook(saved, setting)
        if ending.failure is not None and ending.failure.failure_class != "user_code":
            raise RunFailed(ending.failure.code, ending.failure.message, hint=ending.failure.hint)
        executed: NotebookNode = saved.nb
        return executed

    @classmethod
    def execute_managed_notebook(cls, saved: SeldomSaved, setting: Setting) -> Ending:
        """Execute and save. The notebook is written also when it fails; raises OSError when that is impossible."""
        from mesh_workbench.executors.execution import Execution

        saved.notebook_start()
        try:
            return Execution(saved, setting).run()
        finally:
            saved.notebook_complete()

    @classmethod
    def nb_kernel_name(cls, nb: NotebookNode, name: str | None = None) -> str:
        """Name of the kernel to use."""
        from papermill.utils import nb_kernel_name

        return str(nb_kernel_name(nb, name))

    @classmethod
    def nb_language(cls, nb: NotebookNode, language: str | None = None) -> str:
        """Language of the notebook."""
        from papermill.utils import nb_language

        return str(nb_language(nb, language))
