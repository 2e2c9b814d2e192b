"""Make, run and use governed data products without leaving the notebook.

    import mesh_workbench as mesh
    mesh.read("flight_ops.flights")        a product, as a lazy relation
    mesh.output("daily_delays", frame)     what this notebook produces
    %load_ext mesh_workbench               SQL over the whole mesh with %%mesh

Names are loaded when they are first used: importing this package imports nothing heavy.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mesh_workbench.panels import catalog, form
    from mesh_workbench.secrets import Secret
    from mesh_workbench.session import infer, output, quarantine, read, secret, slot

_HOMES = {
    "read": "mesh_workbench.session",
    "output": "mesh_workbench.session",
    "infer": "mesh_workbench.session",
    "quarantine": "mesh_workbench.session",
    "slot": "mesh_workbench.session",
    "secret": "mesh_workbench.session",
    "Secret": "mesh_workbench.secrets",
    "catalog": "mesh_workbench.panels",
    "form": "mesh_workbench.panels",
}

__all__ = ["Secret", "catalog", "form", "infer", "output", "quarantine", "read", "secret", "slot"]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("mesh-workbench")
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'mesh_workbench' has no attribute {name!r}")


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "mesh-workbench"}]


def load_ipython_extension(ipython: Any) -> None:
    """`%load_ext mesh_workbench`: register the magics."""
    from mesh_workbench.magics import register

    register(ipython)
