"""The workbench inside Jupyter Server: the HTTP API behind Jupyter's authentication, and one worker as a child."""

from __future__ import annotations

from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    from mesh_workbench_server.app import MeshExtension

    return [{"module": "mesh_workbench_server", "app": MeshExtension}]
