"""Who acts, and in which roles."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from mesh_workbench.model.base import Instant, Value


class Role(StrEnum):
    """What a person may do. Platform roles have no domain; the others belong to one."""

    PLATFORM_ADMIN = "platform_admin"
    GOVERNANCE = "governance"
    DOMAIN_OWNER = "domain_owner"
    PRODUCER = "producer"
    CONSUMER = "consumer"


PLATFORM_ROLES = frozenset({Role.PLATFORM_ADMIN, Role.GOVERNANCE})


class Identity(Value):
    """Who is acting: a name that the host vouches for (operating system, Jupyter, gateway)."""

    name: str = Field(min_length=1, max_length=255, examples=["ana"])
    display_name: str = Field("", description="How to show the person; the name when empty.", examples=["Ana Ruiz"])


class Member(Value):
    """One role of one identity, in one domain or on the whole platform."""

    identity: str = Field(examples=["ana"])
    role: Role
    domain: str | None = Field(None, description="Null for a platform role.", examples=["flight_ops"])
    since: Instant
