"""Reads say what for, and are found by product and time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mesh_workbench.registry.column_types import Text

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("read_log") as table:
        table.add_column(sa.Column("purpose", Text(), nullable=False, server_default=""))
        table.create_index("ix_read_log_product_id_at", ["product_id", "at"])
