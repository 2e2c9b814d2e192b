"""Template notebooks: complete products to open, run, change and promote.

A checkout's own `notebooks/templates` counts before the installed ones on the Jupyter data path: an editable install
copies them there once and does not notice later edits.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mesh_workbench.errors import NotFound, did_you_mean

KINDS = ("source_aligned", "aggregate", "consumer_aligned")
"""Folders of templates, in the order in which data flows."""


@dataclass(frozen=True)
class Template:
    """A notebook with the contract of its output beside it, where there is one."""

    name: str
    kind: str
    notebook: Path
    contract: Path | None


def folder() -> Path:
    """Where the templates are. Raises NotFound `template.not-installed`."""
    from jupyter_core.paths import jupyter_path

    checkout = Path(__file__).resolve().parents[2]
    places = [checkout / "notebooks" / "templates"] if (checkout / "pyproject.toml").is_file() else []
    places += [Path(place) / "mesh_workbench" / "templates" for place in jupyter_path()]
    for place in places:
        if place.is_dir():
            return place
    raise NotFound(
        "template.not-installed",
        "The template notebooks are not installed.",
        hint="Reinstall mesh-workbench; they belong to share/jupyter/mesh_workbench/templates.",
    )


def listed() -> list[Template]:
    """All templates, by kind and name."""
    root = folder()
    return [_template(file) for kind in KINDS for file in sorted((root / kind).glob("*.ipynb"))]


def find(name: str) -> Template:
    """The template called `name`. Raises NotFound `template.unknown`."""
    known = {template.name: template for template in listed()}
    if name not in known:
        raise NotFound("template.unknown", f"There is no template {name!r}.", hint=did_you_mean(name, known))
    return known[name]


def _template(file: Path) -> Template:
    contract = file.with_name(f"{file.stem}.odcs.yaml")
    return Template(file.stem, file.parent.name, file, contract if contract.is_file() else None)
