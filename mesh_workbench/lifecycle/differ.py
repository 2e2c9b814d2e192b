"""differ: everything in which a version of a product, or the open notebook, differs from a version before."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from mesh_workbench.contracts.difference import changes
from mesh_workbench.contracts.difference.change import GRADES
from mesh_workbench.contracts.document import parse as parse_contract
from mesh_workbench.errors import NotFound, Unavailable
from mesh_workbench.model.base import Value
from mesh_workbench.model.difference import CellChange, Changed, ContractChange, VersionDifference
from mesh_workbench.model.limits import RunLimits
from mesh_workbench.model.notebook import InputSpec, OutputSpec, ParameterSpec
from mesh_workbench.model.project import ProjectFile
from mesh_workbench.model.version import Environment, ProductVersion
from mesh_workbench.notebooks.difference import cell_changes
from mesh_workbench.notebooks.environment import environments
from mesh_workbench.notebooks.freeze import freeze
from mesh_workbench.notebooks.read import parse

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry


class Side(Value):
    """What is compared: a version, or what would become one."""

    version: str | None
    notebook: bytes
    """Frozen."""
    contracts: dict[str, str]
    """Port to contract text."""
    parameters: list[ParameterSpec]
    inputs: list[InputSpec]
    outputs: list[OutputSpec]
    environment: Environment | None
    """None when it was not looked at: then nothing is said of it."""
    folder: str | None
    limits: RunLimits
    files: list[ProjectFile]

    @classmethod
    def of(cls, registry: Registry, version: ProductVersion) -> Side:
        """A version, with the contracts that its ports have now."""
        blobs = registry.versions.contract_blobs(version.id)
        return cls(
            version=version.version,
            notebook=registry.blobs.get(version.notebook_blob),
            contracts={port: registry.blobs.get(blob).decode() for port, blob in blobs.items()},
            parameters=version.parameters,
            inputs=version.inputs,
            outputs=version.outputs,
            environment=version.environment,
            folder=version.folder,
            limits=version.limits,
            files=version.files,
        )


def difference(product: str, old: Side, new: Side) -> VersionDifference:
    """What is otherwise in `new` than in `old`, the version that readers know."""
    cells, alike = _cells(old.notebook, new.notebook)
    return VersionDifference(
        product=product,
        before=old.version or "",
        after=new.version,
        cells=list(cells),
        cells_alike=alike,
        parameters=_changed(_parameters(old.parameters), _parameters(new.parameters)),
        contracts=list(_contracts(old, new)),
        files=_changed(_files(old.files), _files(new.files)),
        inputs=_changed(_inputs(old.inputs), _inputs(new.inputs)),
        outputs=_changed(_outputs(old.outputs), _outputs(new.outputs)),
        environment=_environment(old.environment, new.environment),
        limits=_changed(_limits(old), _limits(new)),
    )


def open_side(notebook: str, kernel: str, parts: Mapping[str, object]) -> Side:
    """The open notebook as a side, with the environment of its kernel; `parts` are the other fields of it."""
    try:
        environment = environments.describe(kernel)
    except (NotFound, Unavailable):  # promoting says what is wrong with the kernel
        environment = None
    return Side.model_validate({"version": None, "notebook": freeze(notebook), "environment": environment, **parts})


@functools.lru_cache(maxsize=64)
def _cells(old: bytes, new: bytes) -> tuple[tuple[CellChange, ...], int]:
    """Asked again with every look at a dialog, of notebooks that are as they were."""
    found, alike = cell_changes(parse(old.decode()), parse(new.decode()))
    return tuple(found), alike


def _contracts(old: Side, new: Side) -> Iterable[ContractChange]:
    found = []
    after = {output.name for output in new.outputs}
    for output in old.outputs:
        if output.name not in after:
            found.append(ContractChange(port=output.name, grade="breaking", words=f"output {output.name} is gone"))
    for port, text in new.contracts.items():
        was = old.contracts.get(port)
        if was is None:
            if any(output.name == port for output in old.outputs):
                found.append(ContractChange(port=port, grade="compatible", words="it has a contract now"))
        elif was != text:
            said = changes(parse_contract(was), parse_contract(text))
            found += [
                ContractChange(port=port, grade=change.grade, words=change.words, column=change.column)
                for change in said
            ] or [ContractChange(port=port, grade="wording", words="it is worded anew")]
    return sorted(found, key=lambda change: GRADES.index(change.grade))


def _parameters(specs: Iterable[ParameterSpec]) -> dict[str, str]:
    return {spec.name: _parameter(spec) for spec in specs}


def _parameter(spec: ParameterSpec) -> str:
    words = [spec.type if not spec.nullable else f"{spec.type} or nothing"]
    words.append("required" if spec.required else f"= {_value(spec.default)}")
    if spec.choices is not None:
        words.append(f"one of {', '.join(_value(choice) for choice in spec.choices)}")
    if spec.minimum is not None:
        words.append(f"at least {spec.minimum:g}")
    if spec.maximum is not None:
        words.append(f"at most {spec.maximum:g}")
    return " ".join(words) + (f" ({spec.help})" if spec.help else "")


def _value(value: object) -> str:
    import json

    return json.dumps(value, ensure_ascii=False)


def _files(files: Iterable[ProjectFile]) -> dict[str, str]:
    return {file.path: f"{file.digest[:19]}, {file.size} bytes" for file in files}


def _inputs(specs: Iterable[InputSpec]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for spec in specs:
        version = spec.version or spec.relies_on
        found.setdefault(spec.port, []).append("any version" if version is None else f"version {version}")
    return {port: ", ".join(sorted(set(versions))) for port, versions in found.items()}


def _outputs(specs: Iterable[OutputSpec]) -> dict[str, str]:
    return {
        spec.name: " by ".join([spec.mode or "replace_slot", *([", ".join(spec.keys)] if spec.keys else [])])
        for spec in specs
    }


def _limits(side: Side) -> dict[str, str]:
    units = {"run_s": "run, seconds", "cell_s": "cell, seconds", "memory_gb": "memory, GB", "cpus": "processors"}
    given = side.limits.model_dump(exclude_none=True)
    found = {units[name]: f"{value:g}" for name, value in given.items()}
    return {**found, "folder": side.folder} if side.folder else found


def _environment(old: Environment | None, new: Environment | None) -> list[Changed]:
    if old is None or new is None:
        return []
    return [Changed(name=one.name, before=one.recorded, after=one.found) for one in old.differences(new)]


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[Changed]:
    """What is gone or otherwise, in the old order, then what is new."""
    names = dict.fromkeys([*before, *after])
    return [
        Changed(name=name, before=before.get(name), after=after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    ]
