"""Files know when their slot ends and in which zone it lies, not only when it starts."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from mesh_workbench.registry.column_types import Moment, Text

revision = "0015"
down_revision = "0014"

_files = sa.table(
    "port_file",
    sa.column("id", sa.Integer()),
    sa.column("port_id", Text()),
    sa.column("slot", Text()),
    sa.column("run_id", Text()),
    sa.column("slot_end", Moment()),
    sa.column("slot_timezone", Text()),
)
_ports = sa.table("port", sa.column("id", Text()), sa.column("product_id", Text()))
_runs = sa.table("run", sa.column("id", Text()), sa.column("slot_id", Text()))
_slots = sa.table(
    "slot",
    sa.column("id", Text()),
    sa.column("product_id", Text()),
    sa.column("start", Moment()),
    sa.column("end", Moment()),
    sa.column("timezone", Text()),
)


def upgrade() -> None:
    with op.batch_alter_table("port_file") as table:
        table.add_column(sa.Column("slot_end", Moment(), nullable=True))
        table.add_column(sa.Column("slot_timezone", Text(), nullable=True))
    _fill(op.get_bind())


def _fill(connection: sa.Connection) -> None:
    """A file is about the slot of its run; one that was rewritten by another slot's run, about that of its key."""
    found: dict[tuple[str, str], sa.Row[Any]] = {}
    by_id: dict[str, sa.Row[Any]] = {}
    for each in connection.execute(sa.select(_slots).order_by(_slots.c.id)):
        by_id[each.id] = found[each.product_id, _key(each)] = each  # the newest counts
    rows = connection.execute(
        sa.select(_files.c.id, _files.c.slot, _ports.c.product_id, _runs.c.slot_id)
        .join_from(_files, _ports, _ports.c.id == _files.c.port_id)
        .outerjoin(_runs, _runs.c.id == _files.c.run_id)
        .where(_files.c.slot.is_not(None))
    ).all()
    values = []
    for row in rows:
        own = by_id.get(row.slot_id)
        slot = own if own is not None and _key(own) == row.slot else found.get((row.product_id, row.slot))
        if slot is not None:
            values.append({"file": row.id, "until": slot.end, "zone": slot.timezone})
    if values:
        statement = sa.update(_files).where(_files.c.id == sa.bindparam("file"))
        connection.execute(statement.values(slot_end=sa.bindparam("until"), slot_timezone=sa.bindparam("zone")), values)


def _key(slot: sa.Row[Any]) -> str:
    return str(slot.start.strftime("%Y-%m-%dT%H:%M:%SZ"))
