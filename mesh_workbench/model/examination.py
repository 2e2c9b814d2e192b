"""What `mesh doctor` finds: one finding a check, and the problems in it."""

from __future__ import annotations

from pydantic import Field

from mesh_workbench.model.base import Value


class Problem(Value):
    """One thing that is not as it must be."""

    subject: str = Field(description="Id of a run, slot or publication, number of a process, or a file.")
    product: str = Field("", description="domain.product that it belongs to.")
    message: str
    damage: bool = Field(
        False, description="Whether released data is missing or wrong, or readers may see what was never released."
    )
    repairable: bool = Field(False, description="Whether --repair can put it right.")
    repaired: str = Field("", description="What was done about it.")


class DiskUse(Value):
    """What one kind of things takes on disk."""

    kind: str = Field(examples=["run folders"])
    bytes: int
    folders: int = Field(0, description="How many folders they are.")
    about: bool = Field(False, description="Whether only some of them were measured, and the others taken to be alike.")


class Finding(Value):
    """What one check found."""

    check: str = Field(examples=["files.whole"])
    ok: bool
    detail: str
    hint: str = ""
    unknown: bool = Field(False, description="Whether it could not be looked at.")
    problems: list[Problem] = Field(default_factory=list, description="Those that were repaired included.")
    disk: list[DiskUse] = Field(default_factory=list, description="What takes room, where this is about the disk.")
