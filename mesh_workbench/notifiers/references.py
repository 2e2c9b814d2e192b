"""References to secrets in addresses. What people name themselves is looked up only where secrets for messages are.

A worker may know secrets of all kinds. Who configures a channel must not be able to have one of them sent somewhere, so
a person's references reach variables that begin with `MESH_NOTIFY_`, and files in one folder. `mesh.toml` may name any.
"""

from __future__ import annotations

import re
from pathlib import Path

from mesh_workbench.errors import InvalidInput
from mesh_workbench.notifiers.base import Resolve
from mesh_workbench.secrets import secret

_REFERENCE = re.compile(r"(env|file|keyring):")
_PERSONAL = re.compile(r"env:MESH_NOTIFY_[A-Z0-9_]{1,100}|file:\w[\w.-]{0,100}")


def is_reference(text: str) -> bool:
    """Whether `text` names a secret instead of being one."""
    return _REFERENCE.match(text) is not None


def check_reference(text: str) -> None:
    """Raise InvalidInput `notice.reference` unless a person may name this secret."""
    if not _PERSONAL.fullmatch(text):
        raise InvalidInput(
            "notice.reference",
            "That secret cannot be named here.",
            hint="Write env:MESH_NOTIFY_NAME, a variable of the workers, or file:NAME, a file in their folder.",
        )


def for_person(folder: Path) -> Resolve:
    """Looks up what people name; files are those in `folder`."""

    def resolve(reference: str) -> str:
        check_reference(reference)
        kind, _, name = reference.partition(":")
        return secret(f"file:{folder / name}" if kind == "file" else reference)

    return resolve


def for_platform(reference: str) -> str:
    """Looks up what mesh.toml names."""
    return secret(reference)
