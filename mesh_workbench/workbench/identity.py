"""Who acts when nobody else says so: the operating system's user."""

from __future__ import annotations

import getpass
import os

from mesh_workbench.model.identity import Identity


def system_identity() -> Identity:
    """The operating system's user, whom a single-user workbench trusts."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container without an entry for this user id
        name = f"uid{os.getuid()}"
    return Identity(name=name)
