"""Rows of one port, asked for without SQL."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json

from pydantic import Field

from mesh_workbench.errors import InvalidInput
from mesh_workbench.model.base import Instant, Value


class RowsRequest(Value):
    """Which rows and columns of a port, in which order, from where on."""

    port: str = Field(examples=["flight_ops.flights.flights"], description="DOMAIN.PRODUCT.PORT[@VERSION]")
    select: list[str] = Field(default_factory=list, description="Columns; all when empty.")
    filter: list[str] = Field(
        default_factory=list, description="COLUMN:OPERATOR:VALUE; all must hold.", examples=[["carrier:eq:UA"]]
    )
    order: list[str] = Field(
        default_factory=list, description="Columns to sort by, descending with a minus before.", examples=[["-day"]]
    )
    limit: int = Field(100, ge=1, le=1_000_000, description="Rows at most.")
    cursor: str | None = Field(None, description="Where a page before ended.")
    release: int | None = Field(None, ge=1, description="Release to read; the current one when null.")
    as_of: Instant | None = Field(None, description="Moment to read at; now when null.")
    slot: str | None = Field(
        None,
        description="What the rows shall be about: 2013, 2013-01, 2013-01-15, a moment or A/B; everything when null.",
        examples=["2013-01"],
    )

    def begin(self) -> tuple[int | None, int]:
        """The release to read and how many rows to pass over. Raises InvalidInput `cursor.invalid`."""
        if self.cursor is None:
            return self.release, 0
        try:
            padded = self.cursor + "=" * (-len(self.cursor) % 4)
            release, offset, asked = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        except (binascii.Error, ValueError, TypeError) as error:
            raise _invalid() from error
        numbers = all(type(number) is int and 0 <= number < 2**53 for number in (release, offset))
        if not numbers or asked != self._digest():
            raise _invalid()
        return release, offset

    def after(self, release: int, rows: int) -> str:
        """The cursor of what follows `rows` rows of this page, in the same release whatever comes meanwhile."""
        key = [release, self.begin()[1] + rows, self._digest()]
        return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")

    def _digest(self) -> str:
        asked = [self.port, self.select, self.filter, self.order, self.slot]
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:12]


def _invalid() -> InvalidInput:
    return InvalidInput(
        "cursor.invalid",
        "That is not a cursor of these rows.",
        hint="Take `next` of the page before, unchanged, and keep select, filter, order and slot.",
    )
