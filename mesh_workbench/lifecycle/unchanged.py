"""Whether a run would only repeat the current release: the same version, parameters and slot, and the same inputs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from mesh_workbench.model.asked_slot import AskedSlot
from mesh_workbench.model.query import ResolvedPort
from mesh_workbench.model.release import Release
from mesh_workbench.model.run import InputRelease, Run
from mesh_workbench.model.version import ProductVersion
from mesh_workbench.notebooks.read import parse

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry

DETERMINISTIC, VOLATILE = "deterministic", "volatile"
"""Tags of cells by which a notebook says that it reads nothing but what the workbench knows, although it has no inputs;
or that it reads more than its inputs."""


def fingerprint(version: ProductVersion, run: Run, inputs: Mapping[str, ResolvedPort]) -> str:
    """Digest of all that a run depends on, as far as the workbench knows it."""
    known: dict[str, object] = {
        "version": version.id,
        "parameters": {**{spec.name: spec.default for spec in version.parameters}, **run.parameters},
        "slot": [run.slot.key, run.slot.end.isoformat()] if run.slot else None,
        "inputs": sorted([name, port.product_id, port.port, port.release] for name, port in inputs.items()),
    }
    return f"sha256:{hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()}"


def repeated(
    registry: Registry, version: ProductVersion, run: Run, mark: str, inputs: Mapping[str, ResolvedPort]
) -> Release | None:
    """The release that `run`, whose fingerprint is `mark`, would repeat; None when it would make something new.

    An input that has a new release since is the same when slots alone were read of it, and those hold the same files.
    It is the newest one of the run's slot, and nothing that came later changed what it published. A run that appends
    always makes something new. So does one without inputs, because what it reads is not known here, unless its notebook
    says otherwise.
    """
    if run.forced or any(output.mode == "append" for output in version.outputs):
        return None
    release = registry.releases.of_slot(version.product_id, version.major, run.slot.key if run.slot else None)
    maker = registry.runs.get(release.run_id) if release else None
    if release is None or maker is None:
        return None
    if maker.fingerprint != mark and not _read_the_same(registry, version, run, inputs, maker):
        return None
    known = _depends_on_inputs_alone(registry, version)
    return release if known and _still_there(registry, release) else None


def _read_the_same(
    registry: Registry, version: ProductVersion, run: Run, inputs: Mapping[str, ResolvedPort], maker: Run
) -> bool:
    """Whether `run` would find what `maker` read, although not all inputs are of the same release any more.

    With the same version, parameters and slot a notebook asks for the same slots, as long as it finds the same in them.
    """
    before = {read.port: read for read in maker.inputs}
    if before.keys() != inputs.keys():
        return False
    earlier = {name: port.model_copy(update={"release": before[name].release}) for name, port in inputs.items()}
    return fingerprint(version, run, earlier) == maker.fingerprint and all(
        port.release == before[name].release or _same_slots(registry, port, before[name])
        for name, port in inputs.items()
    )


def _same_slots(registry: Registry, port: ResolvedPort, before: InputRelease) -> bool:
    """Whether what was read of an input is, file by file and column by column, what it has of these slots now."""
    if before.slots is None:
        return False
    asked = [AskedSlot.parse(text) for text in before.slots]
    found = []
    for number in (before.release, port.release):
        release = registry.releases.get(port.product_id, number)
        one = next((one for one in release.ports if one.port == port.port), None) if release else None
        if release is None or release.removed is not None or one is None:
            return False
        files = registry.releases.files(one.port_id, one.major, number)
        # A slot that is asked of a port without any is another error than one that is not there.
        known = any(file.slot for file in files)
        of = [[file for file in files if file.slot_time and not slot.gap(file.slot_time)] for slot in asked]
        found.append((one.port_id, one.major, one.arrow_schema, known, of))
    return found[0] == found[1]


def _depends_on_inputs_alone(registry: Registry, version: ProductVersion) -> bool:
    notebook = parse(registry.blobs.get(version.notebook_blob).decode())
    tags = {tag for cell in notebook.cells for tag in cell.tags}
    return VOLATILE not in tags and (bool(version.inputs) or DETERMINISTIC in tags)


def _still_there(registry: Registry, release: Release) -> bool:
    """Whether the newest release holds of this slot exactly what `release` published."""
    newest = registry.releases.latest(release.product_id, release.major)
    if newest is None or newest.number == release.number:
        return newest is not None
    if release.slot is None:
        return False
    for port in release.ports:
        then, now = (
            {
                file.path
                for file in registry.releases.files(port.port_id, port.major, number)
                if file.slot == release.slot
            }
            for number in (release.number, newest.number)
        )
        if then != now:
            return False
    return True
