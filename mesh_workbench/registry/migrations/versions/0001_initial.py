"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mesh_workbench.registry.column_types import Document, Moment, Text

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "audit_record",
        sa.Column("id", Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("actor", Text(), nullable=False),
        sa.Column("action", Text(), nullable=False),
        sa.Column("target", Text(), nullable=False),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        sa.Column("document", Document(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_record"),
    )
    op.create_index("ix_audit_record_target", "audit_record", ["target"])
    op.create_table(
        "blob",
        sa.Column("digest", Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("created", Moment(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_blob"),
    )
    op.create_table(
        "check_report",
        sa.Column("id", Text(), nullable=False),
        sa.Column("run_id", Text(), nullable=True),
        sa.Column("verdict", Text(), nullable=False),
        sa.Column("made", Moment(), nullable=False),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        sa.Column("document", Document(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_check_report"),
    )
    op.create_index("ix_check_report_run_id", "check_report", ["run_id"])
    op.create_table(
        "domain",
        sa.Column("id", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("created", Moment(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        sa.Column("document", Document(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_domain"),
        sa.UniqueConstraint("name", name="uq_domain_name"),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("key", Text(), nullable=False),
        sa.Column("run_id", Text(), nullable=False),
        sa.Column("created", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_idempotency_key"),
    )
    op.create_table(
        "member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("domain", Text(), nullable=False),
        sa.Column("identity", Text(), nullable=False),
        sa.Column("role", Text(), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_member"),
        sa.UniqueConstraint("domain", "identity", "role", name="uq_member_domain_identity_role"),
    )
    op.create_index("ix_member_identity", "member", ["identity"])
    op.create_table(
        "worker",
        sa.Column("id", Text(), nullable=False),
        sa.Column("seen", Moment(), nullable=False),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        sa.Column("document", Document(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_worker"),
    )
    op.create_table(
        "product",
        sa.Column("id", Text(), nullable=False),
        sa.Column("full_name", Text(), nullable=False),
        sa.Column("domain", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("owner", Text(), nullable=False),
        sa.Column("status", Text(), nullable=False),
        sa.Column("created", Moment(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("search_text", Text(), nullable=False),
        sa.Column("search_source", Text(), nullable=False),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        sa.Column("document", Document(), nullable=False),
        sa.ForeignKeyConstraint(["domain"], ["domain.name"], name="fk_product_domain"),
        sa.PrimaryKeyConstraint("id", name="pk_product"),
        sa.UniqueConstraint("full_name", name="uq_product_full_name"),
    )
    op.create_index("ix_product_domain", "product", ["domain"])
    op.create_table(
        "access_grant",
        sa.Column("id", Text(), nullable=False),
        sa.Column("product_id", Text(), nullable=False),
        sa.Column("identity", Text(), nullable=False),
        sa.Column("until", Moment(), nullable=True),
        sa.Column("revoked", Moment(), nullable=True),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        sa.Column("document", Document(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name="fk_access_grant_product_id"),
        sa.PrimaryKeyConstraint("id", name="pk_access_grant"),
    )
    op.create_index("ix_access_grant_product_id_identity", "access_grant", ["product_id", "identity"])
    op.create_table(
        "port",
        sa.Column("id", Text(), nullable=False),
        sa.Column("product_id", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        sa.Column("document", Document(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name="fk_port_product_id"),
        sa.PrimaryKeyConstraint("id", name="pk_port"),
        sa.UniqueConstraint("product_id", "name", name="uq_port_product_id_name"),
        sa.UniqueConstraint("product_id", "position", name="uq_port_product_id_position"),
    )
    op.create_table(
        "product_version",
        sa.Column("id", Text(), nullable=False),
        sa.Column("product_id", Text(), nullable=False),
        sa.Column("version", Text(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("promoted", Moment(), nullable=False),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        sa.Column("document", Document(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name="fk_product_version_product_id"),
        sa.PrimaryKeyConstraint("id", name="pk_product_version"),
        sa.UniqueConstraint("product_id", "rank", name="uq_product_version_product_id_rank"),
        sa.UniqueConstraint("product_id", "version", name="uq_product_version_product_id_version"),
    )
    op.create_table(
        "publication",
        sa.Column("id", Text(), nullable=False),
        sa.Column("product_id", Text(), nullable=False),
        sa.Column("run_id", Text(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("state", Text(), nullable=False),
        sa.Column("prepared", Moment(), nullable=False),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        sa.Column("document", Document(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name="fk_publication_product_id"),
        sa.PrimaryKeyConstraint("id", name="pk_publication"),
    )
    op.create_index("ix_publication_run_id", "publication", ["run_id"])
    op.create_index(
        "ix_publication_unfinished",
        "publication",
        ["product_id"],
        unique=True,
        sqlite_where=sa.text("state = 'prepared'"),
        postgresql_where=sa.text("state = 'prepared'"),
    )
    op.create_table(
        "publisher_lock",
        sa.Column("product_id", Text(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("holder", Text(), nullable=True),
        sa.Column("lease_until", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name="fk_publisher_lock_product_id"),
        sa.PrimaryKeyConstraint("product_id", name="pk_publisher_lock"),
    )
    op.create_table(
        "read_log",
        sa.Column("id", Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("identity", Text(), nullable=False),
        sa.Column("product_id", Text(), nullable=False),
        sa.Column("run_id", Text(), nullable=True),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        sa.Column("document", Document(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name="fk_read_log_product_id"),
        sa.PrimaryKeyConstraint("id", name="pk_read_log"),
    )
    op.create_index("ix_read_log_run_id", "read_log", ["run_id"])
    op.create_table(
        "release",
        sa.Column("id", Text(), nullable=False),
        sa.Column("product_id", Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("major", sa.Integer(), nullable=False),
        sa.Column("slot", Text(), nullable=True),
        sa.Column("run_id", Text(), nullable=False),
        sa.Column("published", Moment(), nullable=False),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        sa.Column("document", Document(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name="fk_release_product_id"),
        sa.PrimaryKeyConstraint("id", name="pk_release"),
        sa.UniqueConstraint("product_id", "number", name="uq_release_product_id_number"),
    )
    op.create_index("ix_release_product_id_published", "release", ["product_id", "published"])
    op.create_index("ix_release_product_id_slot", "release", ["product_id", "slot"])
    op.create_index("ix_release_run_id", "release", ["run_id"])
    op.create_table(
        "schedule",
        sa.Column("id", Text(), nullable=False),
        sa.Column("product_id", Text(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("next_fire", Moment(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        sa.Column("document", Document(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name="fk_schedule_product_id"),
        sa.PrimaryKeyConstraint("id", name="pk_schedule"),
        sa.UniqueConstraint("product_id", name="uq_schedule_product_id"),
    )
    op.create_index("ix_schedule_next_fire", "schedule", ["next_fire"])
    op.create_table(
        "slot",
        sa.Column("id", Text(), nullable=False),
        sa.Column("product_id", Text(), nullable=False),
        sa.Column("schedule_key", Text(), nullable=False),
        sa.Column("start", Moment(), nullable=False),
        sa.Column("end", Moment(), nullable=False),
        sa.Column("timezone", Text(), nullable=False),
        sa.Column("parameters_hash", Text(), nullable=False),
        sa.Column("state", Text(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name="fk_slot_product_id"),
        sa.PrimaryKeyConstraint("id", name="pk_slot"),
        sa.UniqueConstraint(
            "product_id",
            "schedule_key",
            "start",
            "parameters_hash",
            name="uq_slot_product_id_schedule_key_start_parameters_hash",
        ),
    )
    op.create_table(
        "contract",
        sa.Column("product_version_id", Text(), nullable=False),
        sa.Column("port", Text(), nullable=False),
        sa.Column("blob", Text(), nullable=False),
        sa.ForeignKeyConstraint(["blob"], ["blob.digest"], name="fk_contract_blob"),
        sa.ForeignKeyConstraint(["product_version_id"], ["product_version.id"], name="fk_contract_product_version_id"),
        sa.PrimaryKeyConstraint("product_version_id", "port", name="pk_contract"),
    )
    op.create_index("ix_contract_blob", "contract", ["blob"])
    op.create_table(
        "input_port",
        sa.Column("product_version_id", Text(), nullable=False),
        sa.Column("port", Text(), nullable=False),
        sa.Column("upstream", Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_version_id"], ["product_version.id"], name="fk_input_port_product_version_id"
        ),
        sa.PrimaryKeyConstraint("product_version_id", "port", name="pk_input_port"),
    )
    op.create_index("ix_input_port_upstream", "input_port", ["upstream"])
    op.create_table(
        "port_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("port_id", Text(), nullable=False),
        sa.Column("major", sa.Integer(), nullable=False),
        sa.Column("path", Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("slot", Text(), nullable=True),
        sa.Column("run_id", Text(), nullable=False),
        sa.Column("added_in", sa.Integer(), nullable=False),
        sa.Column("removed_in", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["port_id"], ["port.id"], name="fk_port_file_port_id"),
        sa.PrimaryKeyConstraint("id", name="pk_port_file"),
        sa.UniqueConstraint("port_id", "major", "path", "added_in", name="uq_port_file_port_id_major_path_added_in"),
    )
    op.create_index("ix_port_file_port_id_major_removed_in", "port_file", ["port_id", "major", "removed_in"])
    op.create_table(
        "run",
        sa.Column("id", Text(), nullable=False),
        sa.Column("product_id", Text(), nullable=False),
        sa.Column("version_id", Text(), nullable=False),
        sa.Column("slot_id", Text(), nullable=True),
        sa.Column("acting_identity", Text(), nullable=False),
        sa.Column("state", Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("losses", sa.Integer(), nullable=False),
        sa.Column("worker_id", Text(), nullable=True),
        sa.Column("lease_until", Moment(), nullable=True),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("created", Moment(), nullable=False),
        sa.Column("started", Moment(), nullable=True),
        sa.Column("finished", Moment(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        sa.Column("document", Document(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name="fk_run_product_id"),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name="fk_run_slot_id"),
        sa.ForeignKeyConstraint(["version_id"], ["product_version.id"], name="fk_run_version_id"),
        sa.PrimaryKeyConstraint("id", name="pk_run"),
    )
    op.create_index("ix_run_product_id_id", "run", ["product_id", "id"])
    op.create_index("ix_run_slot_id", "run", ["slot_id"])
    op.create_index("ix_run_state_id", "run", ["state", "id"])
    op.create_table(
        "slot_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slot_id", Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("state", Text(), nullable=False),
        sa.Column("reason", Text(), nullable=False),
        sa.Column("run_id", Text(), nullable=True),
        sa.Column("by", Text(), nullable=False),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name="fk_slot_decision_slot_id"),
        sa.PrimaryKeyConstraint("id", name="pk_slot_decision"),
    )
    op.create_index("ix_slot_decision_slot_id", "slot_decision", ["slot_id"])
    op.create_table(
        "attempt",
        sa.Column("run_id", Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("worker", Text(), nullable=False),
        sa.Column("state", Text(), nullable=False),
        sa.Column("started", Moment(), nullable=False),
        sa.Column("finished", Moment(), nullable=True),
        sa.Column("failure", Document(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_attempt_run_id"),
        sa.PrimaryKeyConstraint("run_id", "number", name="pk_attempt"),
    )
