"""Notices: trouble, what is told of it, subscriptions, and messages on their way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mesh_workbench.registry.column_types import Document, Moment, Text

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    with op.batch_alter_table("run") as table:
        table.add_column(sa.Column("untold", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.create_index("ix_run_untold", ["untold"])
    with op.batch_alter_table("product") as table:
        table.add_column(sa.Column("fresh_until", Moment(), nullable=True))
        table.create_index("ix_product_fresh_until", ["fresh_until"])
    op.create_table(
        "trouble",
        sa.Column("id", Text(), nullable=False),
        sa.Column("product_id", Text(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("remind", Moment(), nullable=True),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        sa.Column("document", Document(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name="fk_trouble_product_id"),
        sa.PrimaryKeyConstraint("id", name="pk_trouble"),
        sa.UniqueConstraint("product_id", "kind", name="uq_trouble_product_id_kind"),
    )
    op.create_index("ix_trouble_kind", "trouble", ["kind"])
    op.create_index("ix_trouble_remind", "trouble", ["remind"])
    op.create_table(
        "notice",
        sa.Column("id", Text(), nullable=False),
        sa.Column("key", Text(), nullable=False),
        sa.Column("product_id", Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        sa.Column("document", Document(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name="fk_notice_product_id"),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
        sa.UniqueConstraint("key", name="uq_notice_key"),
    )
    op.create_index("ix_notice_product_id", "notice", ["product_id"])
    op.create_index("ix_notice_at", "notice", ["at"])
    op.create_table(
        "notice_reader",
        sa.Column("notice_id", Text(), nullable=False),
        sa.Column("identity", Text(), nullable=False),
        sa.Column("why", Text(), nullable=False),
        sa.Column("read", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name="fk_notice_reader_notice_id"),
        sa.PrimaryKeyConstraint("notice_id", "identity", name="pk_notice_reader"),
    )
    op.create_index("ix_notice_reader_identity_notice_id", "notice_reader", ["identity", "notice_id"])
    op.create_table(
        "subscription",
        sa.Column("id", Text(), nullable=False),
        sa.Column("identity", Text(), nullable=False),
        sa.Column("target", Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        sa.Column("document", Document(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subscription"),
        sa.UniqueConstraint("identity", "target", name="uq_subscription_identity_target"),
    )
    op.create_index("ix_subscription_target", "subscription", ["target"])
    op.create_table(
        "preferences",
        sa.Column("identity", Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        sa.Column("document", Document(), nullable=False),
        sa.PrimaryKeyConstraint("identity", name="pk_preferences"),
    )
    op.create_table(
        "delivery",
        sa.Column("id", Text(), nullable=False),
        sa.Column("identity", Text(), nullable=False),
        sa.Column("channel", Text(), nullable=False),
        sa.Column("gathering", Text(), nullable=True),
        sa.Column("state", Text(), nullable=False),
        sa.Column("due", Moment(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", Text(), nullable=False),
        sa.Column("lease_until", Moment(), nullable=True),
        sa.Column("created", Moment(), nullable=False),
        sa.Column("ended", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.UniqueConstraint("gathering", name="uq_delivery_gathering"),
    )
    op.create_index("ix_delivery_state_due", "delivery", ["state", "due"])
    op.create_index("ix_delivery_identity_id", "delivery", ["identity", "id"])
    op.create_table(
        "delivery_notice",
        sa.Column("delivery_id", Text(), nullable=False),
        sa.Column("notice_id", Text(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name="fk_delivery_notice_delivery_id"),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name="fk_delivery_notice_notice_id"),
        sa.PrimaryKeyConstraint("delivery_id", "notice_id", name="pk_delivery_notice"),
    )
    op.create_index("ix_delivery_notice_notice_id", "delivery_notice", ["notice_id"])
