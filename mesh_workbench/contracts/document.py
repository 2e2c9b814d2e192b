"""A contract document: its bytes verbatim, its values, and where each of them stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue, ValidationError

from mesh_workbench.contracts import source
from mesh_workbench.contracts.faults import Fault, fault
from mesh_workbench.contracts.migrate import migrated
from mesh_workbench.contracts.odcs import Contract, SchemaObject
from mesh_workbench.contracts.source import Path, Source
from mesh_workbench.contracts.variables import filled
from mesh_workbench.errors import InvalidInput, did_you_mean

_API_VERSION = re.compile(r"v3\.[0-2]\.\d+")


@dataclass(frozen=True, eq=False)
class ContractDocument:
    """A contract that was read. `text` is what was given, to the last byte."""

    text: str
    source: Source
    contract: Contract

    def place(self, path: Path) -> tuple[int, int] | None:
        """Line and column (from 1) of `path` or of the nearest thing around it."""
        return self.source.place(path)

    def object_names(self) -> list[str]:
        """Names of the objects, in the order of the document."""
        return [item.name for item in self.contract.schema_]

    def find_object(self, name: str) -> SchemaObject | None:
        """The object called `name` (logically or physically); of a contract with a single object, that one."""
        objects = self.contract.schema_
        for item in objects:
            if item.name == name:
                return item
        for item in objects:
            if item.physical_name == name:
                return item
        return objects[0] if len(objects) == 1 else None

    def object_for(self, data: str, named: str = "") -> str:
        """Name of the object that data called `data` is checked against: the one `named`, else the one called so,
        else the only one. Raises InvalidInput `contract.no-object` when it cannot be told; `data` without objects.
        """
        if not self.contract.schema_:
            return data
        found = self.object_of(named) if named else self.find_object(data) or self.object_of("")
        return found.name

    def object_of(self, name: str) -> SchemaObject:
        """As `find_object`; raises InvalidInput `contract.no-object` when the contract says nothing of `name`."""
        found = self.find_object(name)
        if found is None:
            raise InvalidInput(
                "contract.no-object",
                f"The contract says nothing of {name}." if name else "The contract has several objects.",
                where="schema",
                hint=did_you_mean(name, self.object_names()),
            )
        return found


def parse(text: str, variables: Mapping[str, JsonValue] | None = None) -> ContractDocument:
    """The contract in `text` (ODCS 3.0 to 3.2; YAML or JSON), as 3.2 means it.

    `variables` fill references such as `${WAREHOUSE}`; those that it does not name stay as they are written.
    Raises InvalidInput `contract.too-large`, `contract.not-yaml` or `contract.not-odcs` with line and column in
    `where` and `details`.
    """
    found = source.read(text)
    contract, faults = understand(found, variables)
    if contract is None:
        first = faults[0]
        place = found.place(first.path)
        at = ", ".join(part for part in (source.words_of(first.path), source.where(place)) if part)
        details: dict[str, object] = {"path": source.words_of(first.path)}
        if place:
            details |= {"line": place[0], "column": place[1]}
        raise InvalidInput(
            "contract.not-odcs",
            f"The contract is not ODCS: {first.message}.",
            where=at,
            hint=first.hint + (f" ({len(faults) - 1} more; see `mesh contract lint`.)" if len(faults) > 1 else ""),
            details=details,
        )
    return ContractDocument(text, found, contract)


def understand(found: Source, variables: Mapping[str, JsonValue] | None = None) -> tuple[Contract | None, list[Fault]]:
    """The document as values, or everything that keeps it from being one."""
    document = migrated(filled(found.value, variables or {}))
    if not isinstance(document, dict):
        what = "empty" if document is None else "a list" if isinstance(document, list) else "a single value"
        return None, [Fault((), f"it is {what}", "Begin with apiVersion, kind, id and version.")]
    if "dataContractSpecification" in document:
        return None, [
            Fault(
                ("dataContractSpecification",),
                "it follows the older Data Contract Specification",
                "Convert it: `datacontract export --format odcs`.",
            )
        ]
    faults = _head(document)
    try:
        contract = Contract.model_validate(document)
    except ValidationError as error:
        faults += [fault(_path(item["loc"]), item) for item in error.errors(include_url=False)]
        return None, sorted({one.path: one for one in reversed(faults)}.values(), key=lambda one: _order(found, one))
    return (None, faults) if faults else (contract, [])


def _order(found: Source, one: Fault) -> tuple[int, int]:
    return found.place(one.path) or (0, 0)


def _head(document: Mapping[str, object]) -> list[Fault]:
    faults = []
    kind, version = document.get("kind"), document.get("apiVersion")
    if kind is not None and kind != "DataContract":
        hint = "A data product document belongs elsewhere." if kind == "DataProduct" else "Write kind: DataContract."
        faults.append(Fault(("kind",), f"its kind is {kind!r}", hint))
    if isinstance(version, str) and not _API_VERSION.fullmatch(version):
        faults.append(
            Fault(("apiVersion",), f"its apiVersion is {version!r}", "v3.0, v3.1 and v3.2 are read: write v3.2.0.")
        )
    return faults


def _path(loc: tuple[int | str, ...]) -> Path:
    """Pydantic names the branches of a union in the path; those are not places of the document."""
    path = tuple(part for part in loc if part not in ("str", "int", "float", "bool", "list[str]"))
    return tuple(part for part in path if not (isinstance(part, str) and part.startswith(("function-", "json-"))))
