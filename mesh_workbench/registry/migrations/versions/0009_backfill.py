"""Ranges of slots are backfilled."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mesh_workbench.registry.column_types import Document, Moment, Text

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "backfill",
        sa.Column("id", Text(), nullable=False),
        sa.Column("product_id", Text(), nullable=False),
        sa.Column("state", Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        sa.Column("document", Document(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name="fk_backfill_product_id_product"),
        sa.PrimaryKeyConstraint("id", name="pk_backfill"),
    )
    op.create_index("ix_backfill_product_id", "backfill", ["product_id"])
    op.create_index("ix_backfill_state", "backfill", ["state"])
    op.create_table(
        "backfill_slot",
        sa.Column("backfill_id", Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("start", Moment(), nullable=False),
        sa.Column("end", Moment(), nullable=False),
        sa.Column("timezone", Text(), nullable=False),
        sa.Column("skipped", Text(), nullable=False),
        sa.Column("run_id", Text(), nullable=True),
        sa.ForeignKeyConstraint(["backfill_id"], ["backfill.id"], name="fk_backfill_slot_backfill_id_backfill"),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_backfill_slot_run_id_run"),
        sa.PrimaryKeyConstraint("backfill_id", "position", name="pk_backfill_slot"),
    )
    op.create_index("ix_backfill_slot_run_id", "backfill_slot", ["run_id"])
