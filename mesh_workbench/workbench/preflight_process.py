"""`python -m mesh_workbench.workbench.preflight_process FOLDER`: the process of one preflight."""

from __future__ import annotations

import logging
import shutil
import sys
from pathlib import Path

from mesh_workbench.errors import MeshError
from mesh_workbench.lifecycle.next_version import Known, known_of
from mesh_workbench.lifecycle.preflight import Trial, Tried, preflight
from mesh_workbench.lifecycle.surroundings import facts_of
from mesh_workbench.model.names import ProductName
from mesh_workbench.model.notebook import Finding, FindingLevel
from mesh_workbench.model.preflight import Preflight, PreflightCheck, PreflightRequest
from mesh_workbench.model.run import Progress
from mesh_workbench.model.runfolder import STAGED_FOLDER
from mesh_workbench.notebooks.analyse import analyse
from mesh_workbench.notebooks.local_files import contents_of
from mesh_workbench.workbench import open_workbench
from mesh_workbench.workbench.folders import notebook_folder
from mesh_workbench.workbench.implementations import executor_of
from mesh_workbench.workbench.local import LocalWorkbench
from mesh_workbench.workbench.preflights import CANCEL_FILE, REQUEST_FILE, VALUE_FILE, ended, write_value
from mesh_workbench.workbench.worker import limits_of


def main(folder: Path) -> None:
    """Execute what the folder asks for, and say there how it stands until it is over."""
    value = Preflight.model_validate_json((folder / VALUE_FILE).read_bytes())

    def tell(progress: Progress) -> None:
        write_value(folder, value.model_copy(update={"progress": progress}))

    bench = open_workbench()
    try:
        trial = _trial(bench, value, folder)
        # Nobody comes back for a second kernel.
        executor = executor_of(bench.context.settings.model_copy(update={"warm_kernels": 0}))
        try:
            tried = preflight(trial, executor, tell, (folder / CANCEL_FILE).exists)
        finally:
            executor.close()
    except MeshError as error:
        tried = Tried([_refused(error)])
    finally:
        bench.close()
    shutil.rmtree(folder / STAGED_FOLDER, ignore_errors=True)
    changes = {
        "state": "cancelled" if tried.cancelled else "done",
        "progress": Progress(step="done"),
        "checks": tried.checks,
        "report": tried.report,
        "rows": dict(tried.rows),
    }
    write_value(folder, ended(value.model_copy(update=changes)))


def _trial(bench: LocalWorkbench, value: Preflight, folder: Path) -> Trial:
    context = bench.context
    request = PreflightRequest.model_validate_json((folder / REQUEST_FILE).read_bytes())
    home = notebook_folder(context.settings, request.folder)
    analysis = analyse(request.notebook, home)
    known = known_of(context.registry, ProductName.parse(request.to)) if request.to else None
    return Trial(
        id=value.id,
        folder=folder,
        request=request,
        analysis=analysis,
        identity=value.identity,
        resolve=lambda names: bench.query.resolve(names, how="preflight"),
        home=home,
        contents=contents_of(analysis.files, home) if home else {},
        contracts={**_contracts(known), **request.contracts},
        facts=facts_of(context.registry, known.product.id, publishing=True) if known and known.product else None,
        limits=limits_of(context.settings).notebook,
    )


def _contracts(known: Known | None) -> dict[str, str]:
    return known.contracts if known else {}


def _refused(error: MeshError) -> PreflightCheck:
    finding = Finding(code=error.code, level=FindingLevel.ERROR, message=error.message, hint=error.hint)
    return PreflightCheck(name="runs", outcome="failed", message="It could not be tried out.", findings=[finding])


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    main(Path(sys.argv[1]))
