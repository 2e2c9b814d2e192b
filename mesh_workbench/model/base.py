"""What every value of the model shares: frozen, closed to unknown fields, UTC, sortable ids."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford base 32


def new_id(prefix: str) -> str:
    """A new id such as `run_01k9…`: unique, and sorting by it sorts by time (milliseconds)."""
    number = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    digits = []
    for _ in range(26):
        number, digit = divmod(number, 32)
        digits.append(_ALPHABET[digit])
    return f"{prefix}_{''.join(reversed(digits))}"


def as_utc(moment: datetime) -> datetime:
    """`moment` in UTC; a naive moment is taken to be UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def now() -> datetime:
    """This instant in UTC."""
    return datetime.now(UTC)


Instant = Annotated[datetime, AfterValidator(as_utc)]
"""A moment, always in UTC."""


class Value(BaseModel):
    """A frozen value that travels between layers."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Item = TypeVar("Item")


class Page(Value, Generic[Item]):
    """One page of a list."""

    items: list[Item] = Field(default_factory=list, description="The items of this page.")
    next: str | None = Field(None, description="Cursor of the next page; null on the last one.")
