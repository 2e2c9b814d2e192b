"""Runs wait by priority and fairly between domains, are tried again after a while, and know their steps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mesh_workbench.registry.column_types import Moment, Text

revision = "0004"
down_revision = "0003"

_WAITS = sa.text("state = 'queued'")


def upgrade() -> None:
    with op.batch_alter_table("attempt") as table:
        table.add_column(sa.Column("acting_identity", Text(), nullable=False, server_default=""))
    with op.batch_alter_table("run") as table:
        table.alter_column("losses", new_column_name="retries")
        table.add_column(sa.Column("domain", Text(), nullable=True))
        table.add_column(sa.Column("rank", sa.Integer(), nullable=False, server_default="-50"))
        table.add_column(sa.Column("queued", Moment(), nullable=True))
        table.add_column(sa.Column("not_before", Moment(), nullable=True))
        table.add_column(sa.Column("backfill_id", Text(), nullable=True))
    op.execute("UPDATE run SET queued = created, domain = (SELECT domain FROM product WHERE id = run.product_id)")
    op.execute("UPDATE attempt SET acting_identity = (SELECT acting_identity FROM run WHERE id = attempt.run_id)")
    with op.batch_alter_table("run") as table:
        table.alter_column("domain", nullable=False)
        table.alter_column("queued", nullable=False)
    op.create_index("ix_run_backfill_id", "run", ["backfill_id"])
    op.create_index("ix_run_ended", "run", ["finished", "domain"])
    op.create_index(
        "ix_run_queue",
        "run",
        ["domain", "rank", "queued", "id", "product_id", "acting_identity", "not_before"],
        sqlite_where=_WAITS,
        postgresql_where=_WAITS,
    )
