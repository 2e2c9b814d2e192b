"""What a change of contract means to those who rely on it."""

from __future__ import annotations

import json

from mesh_workbench.contracts.difference.access import of_access
from mesh_workbench.contracts.difference.change import BUMP, GRADES, Change
from mesh_workbench.contracts.difference.levels import of_service_levels
from mesh_workbench.contracts.difference.objects import of_objects
from mesh_workbench.contracts.difference.severities import of_severities
from mesh_workbench.contracts.document import ContractDocument
from mesh_workbench.errors import InvalidInput
from mesh_workbench.model.version import Bump, SemanticVersion


def bump(old: ContractDocument, new: ContractDocument) -> tuple[Bump | None, list[str]]:
    """How far the version must move from `old` to `new`, with the reasons, gravest first; (None, []) when equal.

    A promise that is taken back or weakened is major, one that is added or sharpened minor, wording patch.
    """
    if old.text == new.text or _plain(old) == _plain(new):
        return None, []
    found = sorted(changes(old, new), key=lambda change: GRADES.index(change.grade))
    if not found:
        return "patch", ["what changed promises nothing"]
    return BUMP[found[0].grade], [change.words for change in found]


def next_version(old: ContractDocument, step: Bump | None) -> str:
    """The version that a document must have after a change; empty when the old one is no semantic version."""
    try:
        version = SemanticVersion.parse(old.contract.version)
    except InvalidInput:
        return ""
    return str(version.bump(step) if step else version)


def is_too_low(new: ContractDocument, least: str) -> bool:
    """Whether the new document says a version below `least`, the next one; False when they cannot be compared."""
    try:
        return SemanticVersion.parse(new.contract.version) < SemanticVersion.parse(least)
    except InvalidInput:
        return False


def changes(old: ContractDocument, new: ContractDocument) -> list[Change]:
    """Every difference between two contracts that means something, in the order of the document."""
    return [*of_objects(old, new), *of_severities(old, new), *of_service_levels(old, new), *of_access(old, new)]


def _plain(doc: ContractDocument) -> str:
    """All that a document says, whatever the order of its keys; true is not 1."""
    return json.dumps(doc.source.value, sort_keys=True)
