"""What retention removed, and which chores are due when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mesh_workbench.registry.column_types import Moment, Text

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "removal",
        sa.Column("run_id", Text(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("reason", Text(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_removal_run_id"),
        sa.PrimaryKeyConstraint("run_id", "kind", name="pk_removal"),
    )
    op.create_table(
        "chore",
        sa.Column("name", Text(), nullable=False),
        sa.Column("due", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_chore"),
    )
