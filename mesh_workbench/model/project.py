"""Project files: what a notebook needs from its folder, kept with its version."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mesh_workbench.model.base import Value

NeededAs = Literal["import", "run", "read", "pattern"]


class ProjectFile(Value):
    """One file that is part of a version: a run finds it where its author did."""

    path: str = Field(description="Relative to the workbench's folder, with `/`.", examples=["notebooks/helpers.py"])
    size: int = Field(description="In bytes.", examples=[1204])
    digest: str = Field(description="Address of its content.", examples=["sha256:9f86d081884c7d65…"])
    needed_as: NeededAs = Field(
        "read", description="Imported, executed by %run, read by its path, or named in the notebook's `mesh.files`."
    )
    cell: int | None = Field(None, description="Index of the cell that leads to it, from 0; null for a pattern.")
    line: int | None = Field(None, description="Line in that cell, from 1.")


def is_plain(path: str) -> bool:
    """Whether `path` stays in the folder that it is relative to, on every system, and is written in one way only."""
    parts = path.split("/")
    odd = any(character in path for character in "\\\0:") or not path.isprintable()
    return not odd and len(path) < 1024 and not any(part in ("", ".", "..") for part in parts)


def file_changes(before: list[ProjectFile], after: list[ProjectFile]) -> list[str]:
    """What became of the files, in words: each path once, in order."""
    old, new = ({file.path: file.digest for file in files} for files in (before, after))
    words = {path: "is new" if path not in old else "is gone" if path not in new else "changed" for path in old | new}
    return [f"{path} {words[path]}" for path in sorted(words) if old.get(path) != new.get(path)]
