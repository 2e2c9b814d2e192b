"""The folder of a run: what an attempt is told before it begins, and what it staged when it is over."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from mesh_workbench.errors import RunFailed
from mesh_workbench.model.query import ResolvedPort
from mesh_workbench.model.run import Run
from mesh_workbench.model.runfolder import (
    EXECUTED_FILE,
    EXECUTED_OF_ATTEMPT,
    NOTEBOOK_FILE,
    OUTPUTS_FILE,
    READS_FILE,
    RUN_FILE,
    WORK_FOLDER,
    RunFolder,
    StagedOutput,
)
from mesh_workbench.model.version import ProductVersion
from mesh_workbench.notebooks.literals import encode_all
from mesh_workbench.storage.base import Storage


def document_of(
    run: Run, attempt: int, version: ProductVersion, inputs: Mapping[str, ResolvedPort], *, in_notebook_folder: bool
) -> RunFolder:
    """Everything that the kernel will know."""
    return RunFolder(
        run_id=run.id,
        attempt=attempt,
        product=run.product,
        version=version.version,
        slot=run.slot,
        scheduled=run.slot is not None,
        parameters=run.parameters,
        literals=encode_all(version.parameters, run.parameters),
        inputs=dict(inputs),
        outputs=[output.name for output in version.outputs],
        kernel=version.environment.kernelspec,
        environment=version.environment,
        cwd="run" if version.folder is None or version.files or not in_notebook_folder else "notebook",
        notebook_folder=version.folder or "",
        project_folder=(version.folder or "") if version.files else "",
    )


def write_folder(storage: Storage, document: RunFolder, notebook: bytes, files: Mapping[str, bytes]) -> Path:
    """The run's folder, ready for an attempt; the notebooks of earlier attempts are kept beside. `files` are the
    version's, by path."""
    folder = storage.create_run_folder(document.run_id)
    with storage.faults(folder):
        if files:
            write_project(folder / WORK_FOLDER, document.project_folder, files)
        (folder / NOTEBOOK_FILE).write_bytes(notebook)
        (folder / RUN_FILE).write_text(document.model_dump_json(indent=1), encoding="utf-8")
        for file in (OUTPUTS_FILE, READS_FILE):  # what an earlier attempt staged and read does not count
            (folder / file).unlink(missing_ok=True)
        if document.attempt > 1 and (folder / EXECUTED_FILE).exists():
            (folder / EXECUTED_FILE).replace(folder / EXECUTED_OF_ATTEMPT.format(document.attempt - 1))
    return folder


def write_project(work: Path, place: str, files: Mapping[str, bytes]) -> Path:
    """Let `work` hold `files` and nothing else, whatever an earlier attempt left there; the folder `place` in it, where
    the notebook is to work."""
    if work.is_symlink():
        work.unlink()
    elif work.exists():
        shutil.rmtree(work)
    (work / place).mkdir(parents=True)
    for path, content in files.items():
        target = work / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return work / place


def manifest_of(folder: Path, attempt: int) -> dict[str, StagedOutput]:
    """What the attempt staged, by output, the last call for an output counting. Raises RunFailed `run.bad-manifest`."""
    file = folder / OUTPUTS_FILE
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    try:
        manifest = [StagedOutput.model_validate_json(text) for text in lines]
    except ValidationError as error:
        raise RunFailed(
            "run.bad-manifest",
            f"{OUTPUTS_FILE} of the run cannot be read: {error.errors()[0]['msg']}.",
            hint="Only mesh.output writes that file; see whether the notebook does.",
        ) from error
    # A kernel of an earlier attempt may still write: its worker was only asleep.
    return {line.output: line for line in manifest if line.attempt == attempt}


def staged_in(folder: Path, version: ProductVersion, attempt: int) -> list[StagedOutput]:
    """What the attempt staged, in the order of the version's outputs. Raises RunFailed `run.missing-output`,
    `run.bad-manifest`."""
    staged = manifest_of(folder, attempt)
    missing = [output.name for output in version.outputs if output.name not in staged]
    if missing:
        raise RunFailed(
            "run.missing-output",
            f"The notebook ran to its end without producing {', '.join(missing)}.",
            hint="Every declared output must be staged in every run; look for a branch that skips mesh.output.",
            details={"failure_class": "missing_output"},
        )
    return [staged[output.name] for output in version.outputs]
