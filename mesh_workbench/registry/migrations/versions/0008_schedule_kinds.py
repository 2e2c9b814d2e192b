"""Domains pause, schedules wait for inputs; slots say why they are due and are found while they wait."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mesh_workbench.registry.column_types import Document, Moment

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    with op.batch_alter_table("schedule") as table:
        table.add_column(sa.Column("waiting_since", Moment(), nullable=True))
    with op.batch_alter_table("domain") as table:
        table.add_column(sa.Column("paused", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("slot") as table:
        table.add_column(sa.Column("document", Document(), nullable=True))
    waits = sa.text("state = 'due'")
    op.create_index("ix_slot_due", "slot", ["schedule_key", "start"], sqlite_where=waits, postgresql_where=waits)
