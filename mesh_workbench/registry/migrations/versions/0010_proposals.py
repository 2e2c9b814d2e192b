"""Promotions wait for approval."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mesh_workbench.registry.column_types import Document, Moment, Text

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "proposal",
        sa.Column("id", Text(), nullable=False),
        sa.Column("product_id", Text(), nullable=False),
        sa.Column("state", Text(), nullable=False),
        sa.Column("created", Moment(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        sa.Column("document", Document(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name="fk_proposal_product_id_product"),
        sa.PrimaryKeyConstraint("id", name="pk_proposal"),
    )
    is_open = sa.text("state = 'open'")
    op.create_index(
        "ix_proposal_open", "proposal", ["product_id"], unique=True, sqlite_where=is_open, postgresql_where=is_open
    )
    op.create_index("ix_proposal_state_id", "proposal", ["state", "id"])
