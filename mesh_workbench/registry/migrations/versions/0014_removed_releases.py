"""Releases that nobody needs any more can be removed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mesh_workbench.registry.column_types import Moment

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    with op.batch_alter_table("release") as table:
        table.add_column(sa.Column("removed", Moment(), nullable=True))
