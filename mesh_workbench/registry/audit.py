"""The audit trail."""

from __future__ import annotations

from sqlalchemy import insert, select

from mesh_workbench.model.access import AuditRecord
from mesh_workbench.model.base import Page
from mesh_workbench.registry.cursor import page
from mesh_workbench.registry.repository import Repository, document_of
from mesh_workbench.registry.tables.audit_record import audit_records


class Audit(Repository):
    """Every change and decision; there is no way to edit or delete a record."""

    def add(self, record: AuditRecord) -> AuditRecord:
        """Append a record, in the transaction of the change that it speaks of."""
        row = {
            "id": record.id,
            "at": record.at,
            "actor": record.actor,
            "action": record.action,
            "target": record.target,
            "document": document_of(record),
        }
        with self._db.write() as connection:
            connection.execute(insert(audit_records).values(row))
        return record

    def list(self, cursor: str | None = None, limit: int = 50, *, target: str | None = None) -> Page[AuditRecord]:
        """Records, the newest first; those of one target when it is given."""
        statement = select(audit_records)
        if target is not None:
            statement = statement.where(audit_records.c.target == target)
        with self._db.read() as connection:
            return page(
                connection,
                statement,
                audit_records.c.id,
                lambda rows: [AuditRecord.model_validate(row.document) for row in rows],
                cursor=cursor,
                limit=limit,
                descending=True,
            )
