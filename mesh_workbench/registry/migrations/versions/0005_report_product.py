"""Check reports are found by product, the newest first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mesh_workbench.registry.column_types import Text

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    with op.batch_alter_table("check_report") as table:
        table.add_column(sa.Column("product_id", Text(), nullable=True))
    op.execute(
        "UPDATE check_report SET product_id = (SELECT run.product_id FROM run WHERE run.id = check_report.run_id)"
    )
    op.create_index("ix_check_report_product_id_id", "check_report", ["product_id", "id"])
