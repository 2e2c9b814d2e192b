"""Alembic's side of a migration: it runs on the connection, and in the transaction, that `migrate` opened."""

from __future__ import annotations

from alembic import context

from mesh_workbench.registry.tables.all import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    transactional_ddl=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
