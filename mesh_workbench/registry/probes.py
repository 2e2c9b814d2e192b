"""Probes of products."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select

from mesh_workbench.registry.repository import Repository
from mesh_workbench.registry.tables.probe import probes


class Probes(Repository):
    """Whether what a product offers could be reached; one answer a product and interval."""

    def add(self, product_id: str, *, reached: bool, reason: str = "", every_s: float) -> bool:
        """Record what a probe found now; False when another worker did for this interval of `every_s` seconds."""
        moment = self._db.now()
        begun = datetime.fromtimestamp(moment.timestamp() // every_s * every_s, UTC)
        row = {"product_id": product_id, "interval": begun, "reached": reached, "reason": reason}
        with self._db.write() as connection:
            return self._db.insert_new(connection, probes, row)

    def since(self, product_id: str, moment: datetime) -> list[tuple[datetime, bool]]:
        """When the product was probed since `moment`, and whether it was reached; the oldest first."""
        statement = select(probes.c.interval, probes.c.reached).where(
            probes.c.product_id == product_id, probes.c.interval >= moment
        )
        with self._db.read() as connection:
            rows = connection.execute(statement.order_by(probes.c.interval)).all()
        return [(row.interval, row.reached) for row in rows]

    def forget(self, *, days: float) -> int:
        """Remove probes older than that; how many there were."""
        oldest = self._db.now() - timedelta(days=days)
        with self._db.write() as connection:
            return connection.execute(delete(probes).where(probes.c.interval < oldest)).rowcount
