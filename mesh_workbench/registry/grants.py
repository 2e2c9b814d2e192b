"""Grants."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, insert, or_, select, update

from mesh_workbench.errors import Conflict, NotFound
from mesh_workbench.model.access import Grant
from mesh_workbench.registry.repository import Repository, document_of
from mesh_workbench.registry.tables.grant import grants


class Grants(Repository):
    """Who may read what."""

    def add(self, grant: Grant) -> Grant:
        """Record a grant."""
        row = {
            "id": grant.id,
            "product_id": grant.product_id,
            "identity": grant.identity,
            "until": grant.until,
            "revoked": grant.revoked,
            "document": document_of(grant, "revoked"),
        }
        with self._db.write() as connection:
            connection.execute(insert(grants).values(row))
        return grant

    def get(self, grant_id: str) -> Grant | None:
        """The grant, or None."""
        with self._db.read() as connection:
            row = connection.execute(select(grants).where(grants.c.id == grant_id)).first()
        return _grant(row) if row else None

    def active(self, identity: str, product_id: str) -> list[Grant]:
        """Grants of an identity on a product that hold now, by the database's clock."""
        statement = select(grants).where(
            grants.c.identity == identity,
            grants.c.product_id == product_id,
            grants.c.revoked.is_(None),
            or_(grants.c.until.is_(None), grants.c.until > self._db.clock()),
        )
        with self._db.read() as connection:
            return [_grant(row) for row in connection.execute(statement.order_by(grants.c.id))]

    def granted(self, identity: str, product_ids: Collection[str]) -> set[str]:
        """Those of the products on which an identity has a grant that holds now."""
        if not product_ids:
            return set()
        statement = select(grants.c.product_id).where(
            grants.c.identity == identity,
            grants.c.product_id.in_(product_ids),
            grants.c.revoked.is_(None),
            or_(grants.c.until.is_(None), grants.c.until > self._db.clock()),
        )
        with self._db.read() as connection:
            return {*connection.execute(statement).scalars()}

    def revoke(self, grant_id: str) -> Grant:
        """End a grant now. Raises NotFound `grant.not-found` and Conflict `grant.revoked`."""
        statement = (
            update(grants)
            .where(grants.c.id == grant_id, grants.c.revoked.is_(None))
            .values(revoked=self._db.clock())
            .returning(*grants.c)
        )
        with self._db.write() as connection:
            row = connection.execute(statement).first()
            if row is not None:
                return _grant(row)
            if self.get(grant_id) is None:
                raise NotFound("grant.not-found", f"There is no grant {grant_id}.", hint="List the product's grants.")
            raise Conflict("grant.revoked", f"The grant {grant_id} is revoked already.")

    def list(self, product_id: str) -> list[Grant]:
        """All grants on a product, ended ones too."""
        with self._db.read() as connection:
            rows = connection.execute(select(grants).where(grants.c.product_id == product_id).order_by(grants.c.id))
            return [_grant(row) for row in rows]


def _grant(row: Row[Any]) -> Grant:
    return Grant.model_validate({**row.document, "revoked": row.revoked})
