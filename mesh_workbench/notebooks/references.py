"""References to secrets as they stand in a notebook. What they lead to is found in a kernel only."""

from __future__ import annotations

import re

_REFERENCE = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|file:\S.*|keyring:[^/\s][^/]*/\S.*")


class Reference(str):
    """Where a secret is: the argument of a call of `mesh.secret`."""

    __slots__ = ()


def is_reference(text: str) -> bool:
    """Whether the text says where a secret is, as `mesh.secret` takes it."""
    return _REFERENCE.fullmatch(text) is not None
