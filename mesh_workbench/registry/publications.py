"""Publications and the locks of publishers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, exists, insert, or_, select, update

from mesh_workbench.errors import Conflict
from mesh_workbench.model.publication import Publication, PublicationState
from mesh_workbench.registry.repository import Repository, document_of
from mesh_workbench.registry.tables.publication import publications
from mesh_workbench.registry.tables.publisher_lock import publisher_locks as locks

_PREPARED = PublicationState.PREPARED.value


class Publications(Repository):
    """One publisher per product; whoever comes later has a higher fence."""

    def acquire_lock(self, product_id: str, holder: str, lease_s: float) -> int:
        """Become the product's publisher for `lease_s` seconds; the fence is higher than all before.

        Raises Conflict `publish.busy` while somebody else holds the lock.
        """
        taken = {"holder": holder, "lease_until": self._db.clock(lease_s)}
        statement = (
            self._db.insert(locks)
            .values(product_id=product_id, fence=1, **taken)
            .on_conflict_do_update(
                index_elements=["product_id"],
                set_={**taken, "fence": locks.c.fence + 1},
                where=or_(locks.c.holder.is_(None), locks.c.lease_until < self._db.clock()),
            )
            .returning(locks.c.fence)
        )
        with self._db.write() as connection:
            fence = connection.execute(statement).scalar()
        if fence is None:
            raise Conflict(
                "publish.busy",
                "Another run of this product is being published.",
                hint="It waits a moment and tries again.",
            )
        return int(fence)

    def renew(self, product_id: str, fence: int, lease_s: float) -> bool:
        """Hold the lock for `lease_s` seconds from now. False when a later publisher has it."""
        return self._touch(product_id, fence, {"lease_until": self._db.clock(lease_s)})

    def release_lock(self, product_id: str, fence: int) -> None:
        """Let the next publisher in; nothing happens when the lock is somebody else's already."""
        self._touch(product_id, fence, {"holder": None, "lease_until": None})

    def holds(self, product_id: str, fence: int) -> bool:
        """Whether no later publisher came. Inside a transaction it stays true until the transaction ends."""
        return self._touch(product_id, fence, {"fence": fence})

    def prepare(self, publication: Publication) -> Publication:
        """Write the plan down before anything is changed.

        Raises Conflict `publish.fenced-off` when a later publisher came, and Conflict `publish.unfinished` while an
        earlier publication of the product is unfinished.
        """
        row = {
            "id": publication.id,
            "product_id": publication.product_id,
            "run_id": publication.run_id,
            "fence": publication.fence,
            "state": publication.state.value,
            "prepared": publication.prepared,
            "document": document_of(publication, "state"),
        }
        with self._db.write() as connection:
            if not self.holds(publication.product_id, publication.fence):
                raise fenced_off(publication.product)
            if self.unfinished(publication.product_id) is not None:
                raise Conflict(
                    "publish.unfinished",
                    f"An earlier publication of {publication.product} is not finished.",
                    hint="Recovery finishes it within moments; try again then.",
                )
            connection.execute(insert(publications).values(row))
        return publication

    def get(self, publication_id: str) -> Publication | None:
        """The publication, or None."""
        return self._one(publications.c.id == publication_id)

    def unfinished(self, product_id: str) -> Publication | None:
        """The publication of the product that is neither released nor discarded, or None."""
        return self._one(publications.c.product_id == product_id, publications.c.state == _PREPARED)

    def unfinished_products(self) -> list[str]:
        """Ids of products with an unfinished publication that nobody works on any more."""
        held = exists().where(
            locks.c.product_id == publications.c.product_id,
            locks.c.holder.is_not(None),
            locks.c.lease_until >= self._db.clock(),
        )
        statement = select(publications.c.product_id).where(publications.c.state == _PREPARED, ~held)
        with self._db.read() as connection:
            return [*connection.execute(statement.order_by(publications.c.product_id)).scalars()]

    def set_state(self, publication_id: str, state: PublicationState, fence: int) -> Publication:
        """Finish a publication as the holder of the lock with `fence`, which may be later than the one it began with.

        Raises Conflict `publish.fenced-off` when that is not the lock's fence, or it was finished already.
        """
        with self._db.write() as connection:
            known = self.get(publication_id)
            if known is not None and self.holds(known.product_id, fence):
                statement = (
                    update(publications)
                    .where(publications.c.id == publication_id, publications.c.state == _PREPARED)
                    .values(state=state.value)
                    .returning(*publications.c)
                )
                row = connection.execute(statement).first()
                if row is not None:
                    return _publication(row)
            raise fenced_off(known.product if known else publication_id)

    def _one(self, *conditions: ColumnElement[bool]) -> Publication | None:
        with self._db.read() as connection:
            row = connection.execute(select(publications).where(*conditions)).first()
        return _publication(row) if row else None

    def _touch(self, product_id: str, fence: int, values: dict[str, Any]) -> bool:
        statement = (
            update(locks)
            .where(locks.c.product_id == product_id, locks.c.fence == fence, locks.c.holder.is_not(None))
            .values(values)
            .returning(locks.c.fence)
        )
        with self._db.write() as connection:
            return connection.execute(statement).first() is not None


def fenced_off(product: str) -> Conflict:
    """The error of a publisher that is not the product's any more."""
    return Conflict(
        "publish.fenced-off",
        f"Another publisher of {product} took over meanwhile.",
        hint="Nothing was published by this one; the other goes on.",
    )


def _publication(row: Row[Any]) -> Publication:
    return Publication.model_validate({**row.document, "state": row.state})
