"""From a reference to the secret itself: for `mesh.secret` in a kernel, and for sending messages in a worker."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from pathlib import Path

from mesh_workbench.errors import InvalidInput, NotFound, Unavailable, did_you_mean


class Secret(str):
    """Text that is not shown when a cell ends with it. Everything else that text can do, it does."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'•••'"


def secret(reference: str) -> Secret:
    """The secret behind `env:NAME`, `file:/path` (without its last line break) or `keyring:service/name`.

    A run's kernel gets exactly those variables of the worker that the notebook names as text, `"env:NAME"`. Raises
    InvalidInput `secret.not-a-reference`, NotFound `secret.not-found`, Unavailable `secret.no-keyring`.
    """
    kind, _, place = reference.partition(":")
    if kind not in _FINDERS or not place:
        raise InvalidInput(
            "secret.not-a-reference",
            "A secret is named by where it is, never written down.",
            hint=f'Write mesh.secret("env:NAME"). {did_you_mean(kind, _FINDERS) if place else ""}'.strip(),
        )
    found = _FINDERS[kind](place)
    if found is None:
        raise NotFound(
            "secret.not-found",
            f"There is no secret at {reference}.",
            hint="Set it where this process starts; for a run, that is the worker.",
        )
    return Secret(found)


def _from_file(place: str) -> str | None:
    try:
        return Path(place).read_text(encoding="utf-8").removesuffix("\n")
    except (OSError, UnicodeDecodeError):
        return None


def _from_keyring(place: str) -> str | None:
    service, _, name = place.partition("/")
    try:
        keyring = importlib.import_module("keyring")
    except ImportError as error:
        raise Unavailable(
            "secret.no-keyring", "The keyring package is not installed.", hint="Install keyring, or use env:NAME."
        ) from error
    found = keyring.get_password(service, name)
    return None if found is None else str(found)


def _from_environment(place: str) -> str | None:
    return os.environ.get(place)


_FINDERS: dict[str, Callable[[str], str | None]] = {
    "env": _from_environment,
    "file": _from_file,
    "keyring": _from_keyring,
}

KINDS = tuple(_FINDERS)
"""What a reference may begin with."""
