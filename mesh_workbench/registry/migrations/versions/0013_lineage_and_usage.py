"""Releases know what they were made from, and reads are added up by day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mesh_workbench.registry.column_types import Text

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "lineage_edge",
        sa.Column("release_id", Text(), nullable=False),
        sa.Column("upstream_id", Text(), nullable=False),
        sa.Column("port", Text(), nullable=False),
        sa.Column("upstream_release", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("upstream_version", Text(), nullable=False),
        sa.Column("product_id", Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("columns_blob", Text(), nullable=True),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name="fk_lineage_edge_release_id_release"),
        sa.ForeignKeyConstraint(["upstream_id"], ["product.id"], name="fk_lineage_edge_upstream_id_product"),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name="fk_lineage_edge_product_id_product"),
        sa.PrimaryKeyConstraint("release_id", "upstream_id", "port", "upstream_release", name="pk_lineage_edge"),
    )
    op.create_index(
        "ix_lineage_edge_upstream_id_product_id_number", "lineage_edge", ["upstream_id", "product_id", "number"]
    )
    op.create_index("ix_lineage_edge_product_id_number", "lineage_edge", ["product_id", "number"])
    op.create_table(
        "usage_day",
        sa.Column("product_id", Text(), nullable=False),
        sa.Column("day", Text(), nullable=False),
        sa.Column("port", Text(), nullable=False),
        sa.Column("identity", Text(), nullable=False),
        sa.Column("consumer_id", Text(), nullable=False),
        sa.Column("how", Text(), nullable=False),
        sa.Column("purpose", Text(), nullable=False),
        sa.Column("reads", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("duration_ms", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name="fk_usage_day_product_id_product"),
        sa.PrimaryKeyConstraint(
            "product_id", "day", "port", "identity", "consumer_id", "how", "purpose", name="pk_usage_day"
        ),
    )
    op.create_table(
        "usage_column",
        sa.Column("product_id", Text(), nullable=False),
        sa.Column("day", Text(), nullable=False),
        sa.Column("port", Text(), nullable=False),
        sa.Column("column", Text(), nullable=False),
        sa.Column("reads", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name="fk_usage_column_product_id_product"),
        sa.PrimaryKeyConstraint("product_id", "day", "port", "column", name="pk_usage_column"),
    )
    op.create_index("ix_read_log_at", "read_log", ["at"])
