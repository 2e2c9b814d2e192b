"""Workers that said they are alive."""

from __future__ import annotations

from sqlalchemy import delete, select

from mesh_workbench.model.status import Worker
from mesh_workbench.registry.repository import Repository, document_of
from mesh_workbench.registry.tables.worker import workers


class Workers(Repository):
    """Who works; being alive is measured by the database's clock."""

    def beat(self, worker: Worker) -> None:
        """Say that a worker is alive and how busy it is."""
        row = {"seen": self._db.clock(), "document": document_of(worker, "seen")}
        statement = (
            self._db.insert(workers)
            .values(id=worker.id, schema_version=1, **row)
            .on_conflict_do_update(index_elements=["id"], set_=row)
        )
        with self._db.write() as connection:
            connection.execute(statement)

    def alive(self, within_s: float) -> list[Worker]:
        """Workers that were seen in the last `within_s` seconds."""
        statement = select(workers).where(workers.c.seen >= self._db.clock(-within_s)).order_by(workers.c.id)
        with self._db.read() as connection:
            rows = connection.execute(statement).all()
        return [Worker.model_validate({**row.document, "seen": row.seen}) for row in rows]

    def forget(self, unseen_for_s: float) -> int:
        """Remove workers that were not seen for so long; how many there were."""
        with self._db.write() as connection:
            return connection.execute(delete(workers).where(workers.c.seen < self._db.clock(-unseen_for_s))).rowcount

    def remove(self, worker_id: str) -> None:
        """A worker that ends says goodbye."""
        with self._db.write() as connection:
            connection.execute(delete(workers).where(workers.c.id == worker_id))
