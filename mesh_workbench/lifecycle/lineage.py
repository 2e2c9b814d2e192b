"""What a run made its outputs from: releases exactly, columns as far as the notebook shows.

It is recorded with the release. Ports are written down by the id of their product, which stays when that is renamed.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from mesh_workbench.engine.arrow_text import decode_schema
from mesh_workbench.errors import MeshError
from mesh_workbench.model.lineage import TableLineage
from mesh_workbench.model.names import PortName
from mesh_workbench.model.publication import Publication
from mesh_workbench.model.run import InputRelease, Run
from mesh_workbench.notebooks.lineage import lineage_of_outputs

if TYPE_CHECKING:
    from mesh_workbench.model.release import Release
    from mesh_workbench.registry import Registry

_log = logging.getLogger(__name__)
_COLUMNS = TypeAdapter(dict[str, TableLineage])


def record_lineage(registry: Registry, release: Release, columns_blob: str | None) -> None:
    """Write down from what `release` was made; inside the transaction that makes it."""
    if release.restores is not None:
        restored = registry.releases.get(release.product_id, release.restores)
        if restored is not None:
            registry.lineage.repeat(restored.id, release.id, release.number)
        return
    run = registry.runs.get(release.run_id)
    if run is not None:
        inputs = [(_port(registry, read), read) for read in run.inputs]
        registry.lineage.add(release.id, release.product_id, release.number, inputs, columns_blob)


def trace_columns(registry: Registry, publication: Publication) -> str | None:
    """The digest under which it is kept from what each column of a publication is made; None when nobody knows.

    Nothing that goes wrong here stands in the way of a release.
    """
    if publication.restores is not None:
        return None
    try:
        run = registry.runs.get(publication.run_id)
        version = registry.versions.by_id(run.version_id) if run is not None else None
        if run is None or version is None or not run.inputs:
            return None
        inputs = _inputs(registry, run)
        outputs = {plan.port: decode_schema(plan.arrow_schema).names for plan in publication.ports}
        notebook = registry.blobs.get(version.notebook_blob).decode()
        return registry.blobs.put(_COLUMNS.dump_json(lineage_of_outputs(notebook, inputs, outputs)))
    except (MeshError, ValueError, RecursionError):
        _log.warning("Where the columns of %s come from is not known.", publication.product, exc_info=True)
        return None


def columns_of(registry: Registry, blob: str | None) -> dict[str, TableLineage]:
    """What `trace_columns` kept; ports in it are called PRODUCT ID.PORT."""
    return _COLUMNS.validate_json(registry.blobs.get(blob)) if blob else {}


def _inputs(registry: Registry, run: Run) -> dict[str, tuple[str, list[str]]]:
    """The inputs as the notebook names them, with the columns of the releases that the run read."""
    found = {}
    for read in run.inputs:
        port = _port(registry, read)
        found[read.port] = (f"{read.product_id}.{port}", _columns(registry, read, port))
    return found


def _port(registry: Registry, read: InputRelease) -> str:
    """The port that was read: the one that is named, else the product's first."""
    named = PortName.parse(read.port)
    if named.port is not None:
        return named.port
    ports = registry.products.ports(read.product_id)
    return ports[0].name if ports else named.product


def _columns(registry: Registry, read: InputRelease, name: str) -> list[str]:
    release = registry.releases.get(read.product_id, read.release)
    port = next((port for port in release.ports if port.port == name), None) if release else None
    return list(decode_schema(port.arrow_schema).names) if port is not None else []
