"""PostgreSQL as a registry, through psycopg."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, ExceptionContext, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from mesh_workbench.errors import Unavailable

CONNECT_TIMEOUT_S = 3
_SESSION = (
    "SET TIME ZONE 'UTC'",
    "SET lock_timeout = '15s'",
    # A process that is stopped in the middle of a transaction must not hold up everybody else for ever.
    "SET idle_in_transaction_session_timeout = '30s'",
)


def engine_for(url: URL, *, pooled: bool = True) -> Engine:
    """An engine for a `postgresql://` URL. Raises Unavailable `registry.no-driver` when psycopg is not installed."""
    pool: dict[str, Any] = {"pool_size": 5, "max_overflow": 15, "pool_timeout": 15, "pool_pre_ping": True}
    arguments: dict[str, Any] = {
        "tcp_user_timeout": 10_000,
        "keepalives_idle": 10,
        "application_name": "mesh-workbench",
    }
    if "connect_timeout" not in url.query:
        arguments["connect_timeout"] = CONNECT_TIMEOUT_S
    try:
        engine = create_engine(
            url.set(drivername="postgresql+psycopg"),
            connect_args=arguments,
            **(pool if pooled else {"poolclass": NullPool}),
        )
    except ModuleNotFoundError as error:
        raise Unavailable(
            "registry.no-driver",
            "PostgreSQL needs the package psycopg, which is not installed here.",
            hint="Install mesh-workbench[postgres].",
        ) from error

    def prepare(connection: Any, _record: object) -> None:
        with connection.cursor() as cursor:
            for statement in _SESSION:
                cursor.execute(statement)
        connection.commit()

    def replace(context: ExceptionContext) -> None:
        # A server that dies while it is asked leaves a connection that psycopg neither calls closed nor can use again.
        if context.is_pre_ping:
            context.is_disconnect = True

    event.listen(engine, "connect", prepare)
    event.listen(engine, "handle_error", replace)
    return engine


def place_of(url: URL) -> str:
    """The registry in words, without user and password."""
    host = url.host or url.query.get("host") or "the local socket"
    port = f":{url.port}" if url.port else ""
    return f"{url.database or 'postgres'} on {host}{port}"
