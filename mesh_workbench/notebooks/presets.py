"""Presets: named values for parameters, kept in the notebook's metadata as `mesh.presets` and frozen with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mesh_workbench.errors import InvalidInput, did_you_mean
from mesh_workbench.model.fix import Fix, SetMetadata
from mesh_workbench.model.notebook import Finding, ParameterPreset, ParameterSpec
from mesh_workbench.notebooks.findings import error
from mesh_workbench.notebooks.values import validate

if TYPE_CHECKING:
    from mesh_workbench.notebooks.document import Notebook

KEY = "presets"


def presets_of(notebook: Notebook, specs: Sequence[ParameterSpec]) -> tuple[list[ParameterPreset], list[Finding]]:
    """The presets that fit the parameters, in their order, and what is wrong with the others."""
    own = notebook.metadata.get("mesh")
    kept = own.get(KEY) if isinstance(own, dict) else None
    if kept is None:
        return [], []
    if not isinstance(kept, dict):
        return [], [_wrong("The presets are not an object of names and values.", "", None)]
    presets: list[ParameterPreset] = []
    findings: list[Finding] = []
    partial = [spec.model_copy(update={"required": False}) for spec in specs]
    for name, values in kept.items():
        others = {other: kept[other] for other in kept if other != name} or None
        if not name.strip() or not isinstance(values, dict):
            findings.append(_wrong(f"The preset {name!r} is not an object of parameters and values.", "", others))
            continue
        try:
            presets.append(ParameterPreset(name=name, values=validate(partial, values)))
        except InvalidInput as wrong:
            findings.append(_wrong(f"The preset {name!r} does not fit: {wrong.message}", wrong.hint, others))
    return presets, findings


def with_preset(presets: Sequence[ParameterPreset], name: str | None, given: Mapping[str, Any]) -> dict[str, Any]:
    """`given` over the values of the preset called `name`. Raises InvalidInput `parameter.unknown-preset`."""
    if name is None:
        return dict(given)
    known = {preset.name: preset for preset in presets}
    if name not in known:
        raise InvalidInput(
            "parameter.unknown-preset",
            f"There is no preset {name!r}.",
            hint=did_you_mean(name, known) if known else "This version has no presets.",
            where="preset",
        )
    return {**known[name].values, **given}


def _wrong(message: str, hint: str, others: dict[str, Any] | None) -> Finding:
    return error(
        "bad-preset",
        message,
        hint=hint or "Correct it in the notebook's metadata, under mesh, presets.",
        fix=Fix(label="Remove this preset", edits=[SetMetadata(name=KEY, value=others)]),
    )
