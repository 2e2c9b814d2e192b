"""Products keep the names that they had."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mesh_workbench.registry.column_types import Moment, Text

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "former_name",
        sa.Column("full_name", Text(), nullable=False),
        sa.Column("product_id", Text(), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name="fk_former_name_product_id_product"),
        sa.PrimaryKeyConstraint("full_name", name="pk_former_name"),
    )
    op.create_index("ix_former_name_product_id", "former_name", ["product_id"])
