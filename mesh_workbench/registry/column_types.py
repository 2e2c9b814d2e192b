"""The three column types that differ between SQLite and PostgreSQL: text, moment, document."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect
from sqlalchemy import Text as PlainText
from sqlalchemy.types import TypeDecorator, TypeEngine

from mesh_workbench.registry.escape import plain_json, plain_text, safe_json, safe_text


class Text(TypeDecorator[str]):
    """Text that holds any character and sorts by code point on both databases, as keyset cursors need."""

    impl = PlainText
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(PlainText(collation="C"))
        return dialect.type_descriptor(PlainText())

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        return None if value is None else safe_text(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> str | None:
        return None if value is None else plain_text(value)


class Moment(TypeDecorator[datetime]):
    """A moment in UTC with microseconds. SQLite keeps it as text of fixed width, which sorts by time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone reached the registry")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Document(TypeDecorator[dict[str, Any]]):
    """The JSON document of a value. PostgreSQL keeps it as `json`, not `jsonb`: the order of keys has meaning."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: dict[str, Any] | None, _dialect: Dialect) -> Any:
        return None if value is None else safe_json(value)

    def process_result_value(self, value: Any, _dialect: Dialect) -> dict[str, Any] | None:
        return None if value is None else plain_json(value)
