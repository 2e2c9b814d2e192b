"""The address of bytes: equal content has one."""

from __future__ import annotations

import hashlib


def digest_of(content: bytes) -> str:
    """The address of `content`: `sha256:<hex>`."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
