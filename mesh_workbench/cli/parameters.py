"""The parameters of a version, for people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mesh_workbench.cli import show

if TYPE_CHECKING:
    from mesh_workbench.model.notebook import ParameterSpec
    from mesh_workbench.model.version import ProductVersion


def show_parameters(version: ProductVersion) -> None:
    """A table of the parameters, and its presets."""
    show.table(
        ["parameter", "type", "default", "allowed", "meaning"],
        [
            (
                spec.name,
                spec.type,
                "must be given" if spec.required else json.dumps(spec.default, ensure_ascii=False),
                _allowed(spec),
                spec.help,
            )
            for spec in version.parameters
        ],
        title=f"Parameters of {version.version}",
    )
    for preset in version.presets:
        values = ", ".join(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in preset.values.items())
        show.say(f"Preset {preset.name}: {values}")


def _allowed(spec: ParameterSpec) -> str:
    """`one of "AA", "UA"`, `1 to 12`, `at least 1`."""
    if spec.choices is not None:
        return f"one of {', '.join(json.dumps(choice, ensure_ascii=False) for choice in spec.choices)}"
    low, high = spec.minimum, spec.maximum
    if low is not None and high is not None:
        return f"{low:g} to {high:g}"
    return f"at least {low:g}" if low is not None else f"at most {high:g}" if high is not None else ""
