"""The whole document, word by word."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from mesh_workbench.contracts.odcs_base import AuthoritativeDefinition, CustomProperty, Exact, Maybe, Noted
from mesh_workbench.contracts.odcs_context import Context
from mesh_workbench.contracts.odcs_people import Price, Role, ServiceLevel, SupportChannel, Team, TeamMember
from mesh_workbench.contracts.odcs_schema import SchemaObject
from mesh_workbench.contracts.odcs_servers import Server


class Description(Exact):
    model_config = ConfigDict(extra="allow")  # the one mapping of the standard that is open

    usage: Maybe[str]
    purpose: Maybe[str]
    limitations: Maybe[str]
    authoritative_definitions: Maybe[list[AuthoritativeDefinition]]
    custom_properties: Maybe[list[CustomProperty]]


class StandardContract(Noted):
    """A document that is ODCS 3.2 to the letter; older versions are migrated first."""

    version: str
    kind: Literal["DataContract"]
    api_version: Literal["v3.2.0", "v3.1.0", "v3.0.2", "v3.0.1", "v3.0.0", "v2.2.2", "v2.2.1", "v2.2.0"]
    id: str
    name: Maybe[str]
    tenant: Maybe[str]
    status: Maybe[str]
    servers: Maybe[list[Server]]
    data_product: Maybe[str]
    description: Maybe[Description]
    domain: Maybe[str]
    context: Maybe[Context]
    schema_: Maybe[list[SchemaObject]] = Field(alias="schema")
    support: Maybe[list[SupportChannel]]
    price: Maybe[Price]
    team: Maybe[Team | list[TeamMember]]
    roles: Maybe[list[Role]]
    sla_default_element: Maybe[str]
    sla_properties: Maybe[list[ServiceLevel]]
    contract_created_ts: Maybe[str]
