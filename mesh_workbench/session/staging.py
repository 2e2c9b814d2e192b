"""`mesh.output`: what a notebook produces."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, get_args

from mesh_workbench.errors import InvalidInput, MeshError, NotFound, Unavailable, did_you_mean
from mesh_workbench.model.names import check_name
from mesh_workbench.model.notebook import OutputMode
from mesh_workbench.model.runfolder import OUTPUTS_FILE, STAGED_FOLDER, StagedOutput
from mesh_workbench.session.run import CurrentRun, current_run
from mesh_workbench.session.secret import demand_no_secret
from mesh_workbench.session.staged import Staged
from mesh_workbench.storage import scratch

if TYPE_CHECKING:
    import pyarrow

MODES = get_args(OutputMode)


def output(name: str, frame: Any, mode: OutputMode | None = None, keys: Sequence[str] | None = None) -> Staged:
    """Stage `frame` as the output `name` of this notebook; shows what was staged.

    `frame` is a Polars, pandas or Arrow table, a DuckDB relation, a relation of the mesh or a list of dictionaries.
    `mode` says what becomes of the rows that the port has: `replace_slot` (default in a run that has a slot) replaces
    those of the slot, `replace` (default otherwise) all, `append` none, `merge` those with the same `keys`.

    Inside a run this is what gets checked and published, once for each output. In front of a person it goes to a
    scratch place, and a contract is proposed from it. Raises InvalidInput `name.invalid`, `output.mode`,
    `output.keys`, `output.secret`, inside a run `run.undeclared-output` and `run.output-twice`, and what to_arrow
    refuses; Unavailable `storage.full`.
    """
    from mesh_workbench.storage.normalise import to_arrow

    check_name(name, "output")
    run = current_run()
    if run is not None:
        _demand_expected(run, name)
    arrow = getattr(frame, "arrow", None) if type(frame).__module__.startswith("mesh_workbench.") else None
    table = to_arrow(arrow() if arrow else frame)
    demand_no_secret(name, table)
    columns = _keys(keys, mode, table)
    if run is not None:
        return _stage(run, name, table, _mode(mode, run), columns)
    return _try_out(name, table, _mode(mode, None), columns)


def _mode(mode: str | None, run: CurrentRun | None) -> OutputMode:
    if mode is None:
        slotted = run is not None and (run.document.scheduled or run.document.slot is not None)
        return "replace_slot" if slotted else "replace"
    if mode not in MODES:
        raise InvalidInput("output.mode", f"{mode!r} is no mode of an output.", hint=did_you_mean(mode, MODES))
    return cast("OutputMode", mode)


def _keys(keys: Sequence[str] | None, mode: str | None, table: pyarrow.Table) -> list[str]:
    columns = [keys] if isinstance(keys, str) else list(keys or [])
    if mode == "merge" and not columns:
        raise InvalidInput(
            "output.keys", "A merge needs to know what identifies a row.", hint="Give keys=[…] with those columns."
        )
    for column in columns:
        if column not in table.column_names:
            raise InvalidInput(
                "output.keys",
                f"The key {column!r} is no column of the frame.",
                hint=did_you_mean(str(column), table.column_names),
            )
    return columns


def _demand_expected(run: CurrentRun, name: str) -> None:
    declared = run.document.outputs
    if declared and name not in declared:
        raise InvalidInput(
            "run.undeclared-output",
            f"This run stages {name}, which version {run.document.version} of {run.document.product} does not declare.",
            hint=f"{did_you_mean(name, declared)} Write the name as text in mesh.output, and promote again.",
        )
    if any(line.output == name and line.attempt == run.document.attempt for line in _manifest(run.folder)):
        raise InvalidInput(
            "run.output-twice",
            f"The output {name} is staged already.",
            hint="Join the frames before, and call mesh.output once for each output.",
        )


def _manifest(folder: Path) -> list[StagedOutput]:
    file = folder / OUTPUTS_FILE
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [StagedOutput.model_validate_json(line) for line in lines]


def _stage(run: CurrentRun, name: str, table: pyarrow.Table, mode: OutputMode, keys: list[str]) -> Staged:
    from mesh_workbench.storage.parquet import write_staged

    written = write_staged(table, run.folder / STAGED_FOLDER / name)
    line = StagedOutput(
        output=name,
        attempt=run.document.attempt,
        mode=mode,
        keys=keys,
        files=[str(path.relative_to(run.folder)) for path in written.paths],
        rows=written.rows,
        bytes=written.bytes,
        arrow_schema=written.arrow_schema,
    )
    try:
        with (run.folder / OUTPUTS_FILE).open("a", encoding="utf-8") as manifest:
            manifest.write(line.model_dump_json() + "\n")
    except OSError as error:
        raise Unavailable(
            "storage.failed", f"The run folder cannot be written: {error.strerror}.", hint="Free some space, run again."
        ) from error
    return Staged(name, mode, keys, written.rows, _columns(table))


def _try_out(name: str, table: pyarrow.Table, mode: OutputMode, keys: list[str]) -> Staged:
    from mesh_workbench.workbench.current import current_workbench

    place = scratch.stage(name, table)
    try:
        proposal = current_workbench().contracts.infer(name, table)
    except NotFound:
        note = "There is no workbench here, so no contract is proposed."
        return Staged(name, mode, keys, table.num_rows, _columns(table), place=place, note=note)
    except MeshError as error:
        # The rows are staged; that a proposal fails must not stop somebody who is trying things out.
        return Staged(name, mode, keys, table.num_rows, _columns(table), place=place, note=f"No contract yet: {error}")
    return Staged(name, mode, keys, table.num_rows, _columns(table), place=place, proposal=proposal)


def _columns(table: pyarrow.Table) -> dict[str, str]:
    return {field.name: str(field.type) for field in table.schema}
