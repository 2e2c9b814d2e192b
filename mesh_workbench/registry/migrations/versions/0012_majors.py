"""Major versions go on side by side; consumers are told of breaking changes, and acknowledge them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mesh_workbench.registry.column_types import Document, Moment, Text

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    with op.batch_alter_table("release") as table:
        table.add_column(sa.Column("beside", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "breaking_change",
        sa.Column("id", Text(), nullable=False),
        sa.Column("product_id", Text(), nullable=False),
        sa.Column("since", Text(), nullable=False),
        sa.Column("announced", Moment(), nullable=False),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        sa.Column("document", Document(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name="fk_breaking_change_product_id_product"),
        sa.PrimaryKeyConstraint("id", name="pk_breaking_change"),
    )
    op.create_index("ix_breaking_change_product_id", "breaking_change", ["product_id"])
    op.create_table(
        "acknowledgement",
        sa.Column("change_id", Text(), nullable=False),
        sa.Column("consumer", Text(), nullable=False),
        sa.Column("by", Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("note", Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"], ["breaking_change.id"], name="fk_acknowledgement_change_id_breaking_change"
        ),
        sa.PrimaryKeyConstraint("change_id", "consumer", name="pk_acknowledgement"),
    )
