"""Pages by keyset: a cursor says after which key to go on, so that a page costs the same wherever it is."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, Select

from mesh_workbench.errors import InvalidInput
from mesh_workbench.model.base import Page, Value

MOST = 1_000
Item = TypeVar("Item", bound=Value)


def encode(*key: str | int) -> str:
    """An opaque cursor for a key."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def decode(cursor: str, *types: type[str] | type[int]) -> list[Any]:
    """The key in a cursor. Raises InvalidInput `cursor.invalid` when it is not one of ours."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        key = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError) as error:
        raise _invalid() from error
    if not isinstance(key, list) or [type(part) for part in key] != list(types):
        raise _invalid()
    return key


def page(
    connection: Connection,
    statement: Select[Any],
    key: ColumnElement[Any],
    build: Callable[[list[Row[Any]]], list[Item]],
    *,
    cursor: str | None,
    limit: int,
    descending: bool = False,
) -> Page[Item]:
    """The page of `statement` after `cursor`, ordered by `key`, which must be unique and among the selected columns."""
    limit = max(1, min(limit, MOST))
    if cursor is not None:
        python_type = int if key.type.python_type is int else str
        (after,) = decode(cursor, python_type)
        statement = statement.where(key < after if descending else key > after)
    order = key.desc() if descending else key.asc()
    rows = list(connection.execute(statement.order_by(order).limit(limit + 1)))
    following = encode(rows[limit - 1]._mapping[key]) if len(rows) > limit else None
    return Page(items=build(rows[:limit]), next=following)


def _invalid() -> InvalidInput:
    return InvalidInput(
        "cursor.invalid", "That is not a cursor of this list.", hint="Take `next` of the page before, unchanged."
    )
