"""The outputs that a notebook declares with `mesh.output(name, frame, mode=…, keys=[…])`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast, get_args

from mesh_workbench.errors import InvalidInput, did_you_mean
from mesh_workbench.model.names import check_name
from mesh_workbench.model.notebook import Finding, OutputMode, OutputSpec
from mesh_workbench.notebooks.calls import Call, Names, text_of, texts_of
from mesh_workbench.notebooks.findings import Say, error, warning

MODES = get_args(OutputMode)


def outputs_of(calls: Iterable[Call], names: Names) -> tuple[list[OutputSpec], list[Finding]]:
    """The declared outputs in the order of the notebook, each name once, and what is wrong with them."""
    outputs: dict[str, OutputSpec] = {}
    unconditional: set[str] = set()
    findings: list[Finding] = []
    for call in calls:
        if call.function != "output":
            continue
        spec = _spec(call, names, findings)
        if spec is None:
            continue
        if spec.name not in outputs:
            outputs[spec.name] = spec
        elif spec.name in unconditional and not call.conditional:
            findings.append(_twice(spec, outputs[spec.name], error))
        else:  # the branches may exclude each other
            findings.append(_twice(spec, outputs[spec.name], warning))
        if not call.conditional:
            unconditional.add(spec.name)
    if not outputs and not any(found.code == "notebook.dynamic-output" for found in findings):
        findings.append(
            error(
                "no-outputs",
                "The notebook declares no output, so there is nothing to publish.",
                hint='Add a cell with mesh.output("name", frame) at the end.',
            )
        )
    return list(outputs.values()), findings


def _spec(call: Call, names: Names, findings: list[Finding]) -> OutputSpec | None:
    here: dict[str, Any] = {"cell": call.cell, "line": call.line}
    name = text_of(call.argument(0, "name"), names)
    if name is None:
        findings.append(
            error(
                "dynamic-output",
                "The name of an output is computed, so it is not known what the notebook produces.",
                hint='Write the name as text: mesh.output("daily_delays", frame).',
                **here,
            )
        )
        return None
    try:
        check_name(name, "output")
    except InvalidInput as wrong:
        findings.append(error("invalid-output-name", wrong.message, hint=wrong.hint, **here))
        return None
    keys_node = call.argument(3, "keys")
    keys = texts_of(keys_node, names) if keys_node is not None else []
    mode = _mode(call, names, findings)
    if mode == "merge" and keys_node is None:
        findings.append(
            error(
                "merge-without-keys",
                f"The output {name} is merged, and nothing says by which columns.",
                hint='Add keys=["…"] with the columns that identify a row.',
                **here,
            )
        )
    return OutputSpec(name=name, mode=mode, keys=keys or [], **here)


def _mode(call: Call, names: Names, findings: list[Finding]) -> OutputMode | None:
    mode = text_of(call.argument(2, "mode"), names)
    if mode is None or mode in MODES:
        return cast("OutputMode | None", mode)
    findings.append(
        error(
            "unknown-mode",
            f"{mode!r} is no mode of an output.",
            hint=did_you_mean(mode, MODES),
            cell=call.cell,
            line=call.line,
        )
    )
    return None


def _twice(spec: OutputSpec, first: OutputSpec, make: Say) -> Finding:
    return make(
        "duplicate-output",
        f"The output {spec.name} is declared twice, first in cell {first.cell + 1}; a run can stage it once only.",
        hint="Join the frames before, or give one of them another name.",
        cell=spec.cell,
        line=spec.line,
    )
