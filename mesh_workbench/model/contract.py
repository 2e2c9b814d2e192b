"""Contracts as the catalog shows them; the ODCS document itself is read in `contracts/`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mesh_workbench.model.base import Value
from mesh_workbench.model.check import PromiseSpec
from mesh_workbench.model.product import Column


class ContractProblem(Value):
    """Something wrong with a contract document."""

    level: Literal["error", "warning"] = "error"
    code: str = Field(examples=["contract.unknown-column"])
    message: str
    path: str = Field("", examples=["schema[0].properties[3].name"])
    line: int | None = Field(None, description="From 1.")
    column: int | None = Field(None, description="From 1.")
    hint: str = ""


class ContractView(Value):
    """A contract of a port: its bytes as text, and what they mean."""

    port: str
    version: str = Field("", description="Product version that it belongs to.")
    blob: str = Field(description="Digest of the bytes.")
    text: str = Field(description="The ODCS document, verbatim.")
    columns: list[Column] = Field(default_factory=list)
    promises: list[PromiseSpec] = Field(default_factory=list)


class ContractProposal(Value):
    """A contract proposed from data."""

    port: str
    text: str = Field(description="ODCS document.")
    columns: list[Column] = Field(default_factory=list)
    promises: list[PromiseSpec] = Field(default_factory=list)
    evidence: dict[str, str] = Field(default_factory=dict, description="Promise id to what it is based on.")
    confidence: dict[str, float] = Field(
        default_factory=dict, description="Promise id to how likely the next row keeps it, from 0 to 1."
    )
    suggestions: dict[str, str] = Field(
        default_factory=dict,
        description="What only a person can decide, with the reason; not in the text.",
        examples=[{"people.mail.classification": "confidential: it holds e-mail addresses"}],
    )
    rows: int | None = None
