"""Product versions: immutable snapshots of everything a run needs."""

from __future__ import annotations

import functools
import re
from typing import Literal

from pydantic import Field

from mesh_workbench.errors import InvalidInput
from mesh_workbench.model.base import Instant, Value
from mesh_workbench.model.git import GitState
from mesh_workbench.model.limits import RunLimits
from mesh_workbench.model.notebook import InputSpec, OutputSpec, ParameterPreset, ParameterSpec
from mesh_workbench.model.project import ProjectFile

Bump = Literal["major", "minor", "patch"]


@functools.total_ordering
class SemanticVersion(Value):
    """major.minor.patch, ordered as numbers."""

    major: int
    minor: int
    patch: int

    @classmethod
    def parse(cls, text: str) -> SemanticVersion:
        match = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)", text)
        if not match:
            raise InvalidInput("version.invalid", f"{text!r} is not a version.", hint="Write it like 2.1.0.")
        major, minor, patch = (int(part) for part in match.groups())
        return cls(major=major, minor=minor, patch=patch)

    def bump(self, part: Bump) -> SemanticVersion:
        if part == "major":
            return SemanticVersion(major=self.major + 1, minor=0, patch=0)
        if part == "minor":
            return SemanticVersion(major=self.major, minor=self.minor + 1, patch=0)
        return SemanticVersion(major=self.major, minor=self.minor, patch=self.patch + 1)

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    def __lt__(self, other: SemanticVersion) -> bool:
        return (self.major, self.minor, self.patch) < (other.major, other.minor, other.patch)


class Environment(Value):
    """Where a version was made to run."""

    kernelspec: str = Field(examples=["python3"])
    python: str = Field(examples=["3.11.7"])
    platform: str = Field("", examples=["linux-x86_64"])
    implementation: str = Field("", examples=["CPython"])
    interpreter: str = Field("", description="Path of the kernel's interpreter.", examples=["/opt/venv/bin/python"])
    container: str = Field("", description="Container image, as the setting `container` names it.")
    distributions: dict[str, str] = Field(default_factory=dict, description="Installed distributions: name to version.")
    lock: str | None = Field(
        None, description="Digest of the lock: every distribution with version, digest of its files, and origin."
    )

    def differences(self, found: Environment) -> list[EnvironmentDifference]:
        """Where `found` is not what was recorded here: the interpreter, then distributions by name."""
        recorded = {"Python": self.python, "platform": self.platform, **_by_name(self.distributions)}
        there = {"Python": found.python, "platform": found.platform, **_by_name(found.distributions)}
        names = ["Python", "platform", *sorted(({*recorded, *there}) - {"Python", "platform"})]
        different = [
            EnvironmentDifference(name=name, recorded=recorded.get(name), found=there.get(name))
            for name in names
            if recorded.get(name) != there.get(name)
        ]
        if not different and self.lock and found.lock and self.lock != found.lock:
            return [EnvironmentDifference(name="installed files", recorded=self.lock[:19], found=found.lock[:19])]
        return different


class EnvironmentDifference(Value):
    """One thing in which the environment of a run is not the one that its version was promoted in."""

    name: str = Field(description="A distribution, `Python`, `platform` or `installed files`.", examples=["pandas"])
    recorded: str | None = Field(description="Its version then; null when it was not there.", examples=["2.3.3"])
    found: str | None = Field(description="Its version where the run was executed; null when it is not there.")

    def __str__(self) -> str:
        return f"{self.name} {self.recorded or 'absent'} → {self.found or 'absent'}"


def _by_name(distributions: dict[str, str]) -> dict[str, str]:
    """By the name that installers compare: `ruamel.yaml` and `ruamel_yaml` are one."""
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in distributions.items()}


class ProductVersion(Value):
    """An immutable snapshot of a product; content is addressed by digest."""

    id: str
    product: str = Field(description="domain.product")
    product_id: str
    version: str = Field(examples=["1.2.0"])
    major: int
    digest: str = Field(description="Digest of the notebook's meaning; equal digests mean nothing changed.")
    notebook_blob: str = Field(description="Digest of the frozen notebook's bytes.")
    contract_blobs: dict[str, str] = Field(description="Port name to digest of the contract's bytes.")
    parameters: list[ParameterSpec] = Field(default_factory=list)
    presets: list[ParameterPreset] = Field(
        default_factory=list, description="Named values that a run can be asked for with."
    )
    inputs: list[InputSpec] = Field(default_factory=list)
    outputs: list[OutputSpec] = Field(default_factory=list)
    environment: Environment
    folder: str | None = Field(
        None,
        description="Folder of the notebook when it was promoted, relative to the workbench's: its runs work there "
        "when it has no `files`. Null when it was elsewhere.",
        examples=["notebooks"],
    )
    files: list[ProjectFile] = Field(
        default_factory=list,
        description="Project files, by path. With them its runs work in a copy of that folder that holds nothing else.",
    )
    git: GitState | None = Field(None, description="Where that folder stood; null when it was in no repository.")
    policies: dict[str, str] = Field(
        default_factory=dict, description="Policies in force when it was promoted: name to digest of the text."
    )
    limits: RunLimits = Field(default_factory=RunLimits, description="What a run of it may use.")
    note: str = Field("", description="What changed, in the promoter's words.")
    promoted_by: str
    promoted: Instant
