"""Team, roles, support, price and service levels, word by word."""

from __future__ import annotations

from mesh_workbench.contracts.odcs_base import (
    AuthoritativeDefinition,
    CustomProperty,
    Exact,
    Maybe,
    Noted,
    Number,
    Scalar,
    StableId,
)


class Role(Exact):
    id: Maybe[StableId]
    role: str
    description: Maybe[str]
    access: Maybe[str]
    first_level_approvers: Maybe[str]
    second_level_approvers: Maybe[str]
    custom_properties: Maybe[list[CustomProperty]]


class TeamMember(Noted):
    id: Maybe[StableId]
    username: str
    name: Maybe[str]
    description: Maybe[str]
    role: Maybe[str]
    date_in: Maybe[str]
    date_out: Maybe[str]
    replaced_by_username: Maybe[str]


class Team(Noted):
    id: Maybe[StableId]
    name: Maybe[str]
    description: Maybe[str]
    members: Maybe[list[TeamMember]]


class SupportChannel(Exact):
    id: Maybe[StableId]
    channel: str
    url: Maybe[str]
    description: Maybe[str]
    tool: Maybe[str]
    scope: Maybe[str]
    invitation_url: Maybe[str]
    custom_properties: Maybe[list[CustomProperty]]


class Price(Exact):
    id: Maybe[StableId]
    price_amount: Maybe[Number]
    price_currency: Maybe[str]
    price_unit: Maybe[str]


class ServiceLevel(Exact):
    id: Maybe[StableId]
    property: str
    value: Scalar
    value_ext: Scalar = None
    unit: Maybe[str]
    element: Maybe[str]
    driver: Maybe[str]
    description: Maybe[str]
    scheduler: Maybe[str]
    schedule: Maybe[str]
    custom_properties: Maybe[list[CustomProperty]]
    authoritative_definitions: Maybe[list[AuthoritativeDefinition]]
