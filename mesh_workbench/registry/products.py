"""Products and their ports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from mesh_workbench.errors import Conflict, NotFound
from mesh_workbench.model.base import Page
from mesh_workbench.model.product import Port, Product, ProductStatus
from mesh_workbench.model.search import SearchRequest
from mesh_workbench.registry.cursor import page
from mesh_workbench.registry.repository import Repository, batches, document_of
from mesh_workbench.registry.search import Found, HealthOf, folded_lines, search
from mesh_workbench.registry.tables.domain import domains
from mesh_workbench.registry.tables.former_name import former_names
from mesh_workbench.registry.tables.port import ports
from mesh_workbench.registry.tables.product import products


class Products(Repository):
    """The catalog."""

    def add(self, product: Product, search_text: str) -> Product:
        """Record a new product. `search_text` has the form that `search_lines` gives.

        Raises Conflict `product.exists` and NotFound `domain.not-found`.
        """
        row = {
            "id": product.id,
            "full_name": product.full_name,
            "domain": product.domain,
            "name": product.name,
            "created": product.created,
            "revision": product.revision,
            "search_text": folded_lines(search_text),
            "search_source": search_text,
            **_columns(product),
        }
        with self._db.write() as connection:
            if not connection.execute(select(domains.c.id).where(domains.c.name == product.domain)).first():
                raise NotFound("domain.not-found", f"There is no domain {product.domain}.", hint="Create it first.")
            connection.execute(delete(former_names).where(former_names.c.full_name == product.full_name))
            if not self._db.insert_new(connection, products, row):
                raise Conflict(
                    "product.exists", f"There is already a product {product.full_name}.", hint="Choose another name."
                )
        return product

    def named(self, domain: str, name: str) -> Product | None:
        """The product that is called `domain.name` now, or None."""
        with self._db.read() as connection:
            row = connection.execute(select(products).where(products.c.full_name == f"{domain}.{name}")).first()
        return _product(row) if row else None

    def get(self, domain: str, name: str) -> Product | None:
        """The product that is called `domain.name`, else the one that was and to which the name still leads."""
        with self._db.read():
            return self.named(domain, name) or self.formerly(f"{domain}.{name}")

    def formerly(self, full_name: str) -> Product | None:
        """The product to which a name leads that it had before; None when no name or another product's now."""
        statement = (
            select(products)
            .join(former_names, former_names.c.product_id == products.c.id)
            .where(former_names.c.full_name == full_name)
        )
        with self._db.read() as connection:
            row = connection.execute(statement).first()
        return _product(row) if row else None

    def rename(self, product: Product, domain: str, name: str, search_text: str) -> Product:
        """Call a product otherwise; its present name leads to it from then on.

        Raises Conflict `product.exists` when another product has that name, `product.changed` when `product` is not
        what it was.
        """
        renamed = product.model_copy(update={"domain": domain, "name": name})
        statement = (
            update(products)
            .where(products.c.id == product.id, products.c.revision == product.revision)
            .values(
                full_name=renamed.full_name,
                domain=domain,
                name=name,
                revision=products.c.revision + 1,
                search_text=folded_lines(search_text),
                search_source=search_text,
                **_columns(renamed),
            )
            .returning(products.c.revision)
        )
        leads = {"full_name": product.full_name, "product_id": product.id, "since": self._db.now()}
        with self._db.write() as connection:
            if self.named(domain, name) is not None:
                raise Conflict(
                    "product.exists", f"There is already a product {renamed.full_name}.", hint="Choose another name."
                )
            connection.execute(delete(former_names).where(former_names.c.full_name == renamed.full_name))
            revision = connection.execute(statement).scalar()
            if revision is None:
                raise Conflict(
                    "product.changed",
                    f"The product {product.full_name} was changed by somebody else meanwhile.",
                    hint="Load it again and repeat the edit.",
                )
            connection.execute(insert(former_names).values(leads))
        return renamed.model_copy(update={"revision": revision})

    def by_id(self, product_id: str) -> Product | None:
        """The product with this id, or None."""
        return self.many([product_id]).get(product_id)

    def many(self, product_ids: Sequence[str]) -> dict[str, Product]:
        """Products by id; unknown ids are left out."""
        found: dict[str, Product] = {}
        with self._db.read() as connection:
            for batch in batches(product_ids):
                for row in connection.execute(select(products).where(products.c.id.in_(batch))):
                    found[row.id] = _product(row)
        return found

    def update(self, product: Product, *, expected_revision: int) -> Product:
        """Store an edited product; domain, name and id cannot change.

        Raises Conflict `product.changed` when it is not at `expected_revision` any more.
        """
        statement = (
            update(products)
            .where(products.c.id == product.id, products.c.revision == expected_revision)
            .values(revision=products.c.revision + 1, **_columns(product))
            .returning(products.c.revision)
        )
        with self._db.write() as connection:
            revision = connection.execute(statement).scalar()
            if revision is None:
                raise Conflict(
                    "product.changed",
                    f"The product {product.full_name} was changed by somebody else meanwhile.",
                    hint="Load it again and repeat the edit.",
                )
        return product.model_copy(update={"revision": revision})

    def change(self, product_id: str, **changes: object) -> Product:
        """Set fields whatever the revision is; the row is held from reading to writing, so nothing is overwritten.

        For what the workbench itself records (release, status, version). Raises NotFound `product.not-found`.
        """
        with self._db.write() as connection:
            row = connection.execute(select(products).where(products.c.id == product_id).with_for_update()).first()
            if row is None:
                raise NotFound("product.not-found", f"There is no product with the id {product_id}.")
            product = _product(row)
            return self.update(product.model_copy(update=changes), expected_revision=product.revision)

    def search(self, request: SearchRequest, *, health_of: HealthOf | None = None) -> Found:
        """What matches `request`, best first: (items with where they matched, next cursor, total, facets).

        `health_of` gives the health of product ids, which the registry does not know; without it the facet `health`
        neither narrows nor is counted. Raises InvalidInput `cursor.invalid`.
        """
        with self._db.read() as connection:
            return search(connection, request, _product, health_of)

    def set_search_text(self, product_id: str, text: str) -> None:
        """Replace what search looks at; the form is that of `search_lines`."""
        values = {"search_text": folded_lines(text), "search_source": text}
        with self._db.write() as connection:
            connection.execute(update(products).where(products.c.id == product_id).values(values))

    def set_fresh_until(self, product_id: str, moment: datetime | None) -> None:
        """Until when the current release keeps what its contract promises about its age; None without such promise."""
        with self._db.write() as connection:
            connection.execute(update(products).where(products.c.id == product_id).values(fresh_until=moment))

    def hold(self, product_id: str) -> Product | None:
        """The product, held until the transaction around ends, so that steps about it follow each other."""
        statement = select(products).where(products.c.id == product_id).with_for_update()
        with self._db.write() as connection:
            row = connection.execute(statement).first()
        return _product(row) if row else None

    def names(self) -> list[str]:
        """Full names of all products, sorted."""
        with self._db.read() as connection:
            return [*connection.execute(select(products.c.full_name).order_by(products.c.full_name)).scalars()]

    def all(self) -> list[Product]:
        """Every product, by full name, retired ones too."""
        with self._db.read() as connection:
            return [_product(row) for row in connection.execute(select(products).order_by(products.c.full_name))]

    def counted(self) -> tuple[int, int]:
        """How many products there are, and how often they were changed: otherwise when any of them is."""
        statement = select(func.count(), func.coalesce(func.sum(products.c.revision), 0))
        with self._db.read() as connection:
            count, changes = connection.execute(statement).one()
        return int(count), int(changes)

    def of_status(self, status: ProductStatus) -> list[Product]:
        """All products in a status, by name."""
        statement = select(products).where(products.c.status == status.value).order_by(products.c.full_name)
        with self._db.read() as connection:
            return [_product(row) for row in connection.execute(statement)]

    def count(self) -> int:
        """How many products there are, retired ones not counted."""
        statement = select(func.count()).where(products.c.status != ProductStatus.RETIRED.value)
        with self._db.read() as connection:
            return int(connection.execute(statement).scalar_one())

    def add_port(self, port: Port) -> Port:
        """Record an output port. Raises Conflict `port.exists`."""
        row = {
            "id": port.id,
            "product_id": port.product_id,
            "name": port.name,
            "position": port.position,
            "document": document_of(port),
        }
        with self._db.write() as connection:
            statement = self._db.insert(ports).values(row).on_conflict_do_nothing().returning(ports.c.id)
            if connection.execute(statement).first() is None:
                raise Conflict(
                    "port.exists",
                    f"The product has already a port {port.name} or one in place {port.position}.",
                    hint="Choose another name, or look at the product's ports again.",
                )
        return port

    def ports(self, product_id: str) -> list[Port]:
        """The ports of a product, the default one first."""
        return self.ports_of([product_id]).get(product_id, [])

    def ports_of(self, product_ids: Sequence[str]) -> dict[str, list[Port]]:
        """The ports of many products by product id, the default one first."""
        found: dict[str, list[Port]] = {}
        with self._db.read() as connection:
            for batch in batches(product_ids):
                statement = select(ports).where(ports.c.product_id.in_(batch)).order_by(ports.c.position)
                for row in connection.execute(statement):
                    found.setdefault(row.product_id, []).append(Port.model_validate(row.document))
        return found

    def list(self, domain: str | None = None, cursor: str | None = None, limit: int = 100) -> Page[Product]:
        """Products by full name, of one domain or of all."""
        statement = select(products)
        if domain is not None:
            statement = statement.where(products.c.domain == domain)
        with self._db.read() as connection:
            return page(
                connection,
                statement,
                products.c.full_name,
                lambda rows: [_product(row) for row in rows],
                cursor=cursor,
                limit=limit,
            )


def _columns(product: Product) -> dict[str, Any]:
    return {
        "owner": product.owner,
        "status": product.status.value,
        "document": document_of(product, "revision"),
    }


def _product(row: Row[Any]) -> Product:
    return Product.model_validate({**row.document, "revision": row.revision})
