"""Whether products could be reached is recorded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mesh_workbench.registry.column_types import Moment, Text

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "probe",
        sa.Column("product_id", Text(), nullable=False),
        sa.Column("interval", Moment(), nullable=False),
        sa.Column("reached", sa.Boolean(), nullable=False),
        sa.Column("reason", Text(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name="fk_probe_product_id_product"),
        sa.PrimaryKeyConstraint("product_id", "interval", name="pk_probe"),
    )
