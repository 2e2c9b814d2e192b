"""Bundle: one version of a product as one file, which another workbench takes in and runs to the same data.

manifest.json                 Manifest: what it is, and the digest of every other member
version.json                  BundledVersion: everything that was frozen with the version
notebook.ipynb                the frozen notebook
files/<path>                  project files
contracts/<port>.odcs.yaml    contracts, verbatim
environment.lock.json         every distribution of the environment
policies/<name>.cedar         policies that were in force
data/<digest>.parquet         files of the releases that it reads, when they were asked for
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mesh_workbench.model.base import Value
from mesh_workbench.model.git import GitState
from mesh_workbench.model.limits import RunLimits
from mesh_workbench.model.notebook import InputSpec, OutputSpec, ParameterPreset, ParameterSpec
from mesh_workbench.model.product import Access, Product
from mesh_workbench.model.project import ProjectFile
from mesh_workbench.model.version import Environment, EnvironmentDifference, ProductVersion

FORMAT_VERSION = 1
MANIFEST, VERSION, NOTEBOOK, LOCK = "manifest.json", "version.json", "notebook.ipynb", "environment.lock.json"
FILES, CONTRACTS, POLICIES, DATA = "files/", "contracts/", "policies/", "data/"


class Manifest(Value):
    """What a file is, read before anything else of it."""

    format: Literal["mesh-bundle"] = "mesh-bundle"
    format_version: int = Field(FORMAT_VERSION, description="A workbench refuses one that it does not know.")
    product: str = Field(description="domain.product, as it was called.")
    version: str = Field(examples=["1.2.0"])
    members: dict[str, str] = Field(description="Every other member, by name: the digest of its content.")


class BundledPort(Value):
    """A release of a port that the product reads."""

    product: str
    port: str
    version: str = Field(description="Version of that product that published it.")
    release: int
    access: Access = Field("open", description="Who may read that product.")
    contract: str | None = Field(None, description="Name of the member with its contract.")
    data: list[str] = Field(description="Names of the members that hold its rows, in order.")


class BundledVersion(Value):
    """A product version without what belongs to one workbench: ids, who promoted it, and when."""

    title: str = ""
    description: str = ""
    tags: list[str] = Field(default_factory=list)
    access: Access = Field("open", description="Who may read the product, where it is new.")
    digest: str
    parameters: list[ParameterSpec]
    presets: list[ParameterPreset]
    inputs: list[InputSpec]
    outputs: list[OutputSpec]
    environment: Environment
    folder: str | None
    files: list[ProjectFile]
    git: GitState | None
    policies: dict[str, str]
    limits: RunLimits
    note: str
    data: list[BundledPort] = Field(default_factory=list)

    @classmethod
    def of(cls, product: Product, version: ProductVersion, data: list[BundledPort]) -> BundledVersion:
        shared = version.model_dump(include=set(cls.model_fields) & set(ProductVersion.model_fields))
        about = product.model_dump(include={"title", "description", "tags", "access"})
        return cls.model_validate({**about, **shared, "data": data})


class Imported(Value):
    """What taking in a bundle did."""

    product: str
    version: ProductVersion
    created: bool = Field(description="False when it was here already.")
    snapshots: list[str] = Field(
        default_factory=list, description="Products that were made of included data, because they were not here."
    )
    environment: list[EnvironmentDifference] = Field(
        default_factory=list, description="Where the kernel here is not the one that it was promoted in."
    )
