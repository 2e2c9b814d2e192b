"""Older major versions, which go on beside the newest one until a date."""

from __future__ import annotations

from pydantic import Field

from mesh_workbench.model.sunset import Sunset


class OldMajor(Sunset):
    """A major version that another one has taken the place of."""

    major: int = Field(examples=[1])
    scheduled: bool = Field(True, description="Whether the product's schedule runs it, too, as long as it can be read.")
