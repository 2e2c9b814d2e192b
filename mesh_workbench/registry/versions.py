"""Product versions, with the contracts they attach and the inputs they declare."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, insert, or_, select, text

from mesh_workbench.errors import Conflict
from mesh_workbench.model.base import Page
from mesh_workbench.model.version import ProductVersion, SemanticVersion
from mesh_workbench.registry.cursor import page
from mesh_workbench.registry.repository import Repository, batches, document_of
from mesh_workbench.registry.tables.contract import contracts
from mesh_workbench.registry.tables.former_name import former_names
from mesh_workbench.registry.tables.input_port import input_ports
from mesh_workbench.registry.tables.product import products
from mesh_workbench.registry.tables.product_version import product_versions

_PART = 1_000_000


class Versions(Repository):
    """Immutable snapshots of products."""

    def add(self, version: ProductVersion) -> ProductVersion:
        """Record a version with its contracts and inputs. Raises Conflict `version.exists`."""
        row = {
            "id": version.id,
            "product_id": version.product_id,
            "version": version.version,
            "rank": rank_of(version.version),
            "promoted": version.promoted,
            "document": document_of(version, "contract_blobs"),
        }
        attached = [
            {"product_version_id": version.id, "port": port, "blob": blob}
            for port, blob in version.contract_blobs.items()
        ]
        declared = [
            {"product_version_id": version.id, "port": port, "upstream": ".".join(port.split(".")[:2])}
            for port in dict.fromkeys(spec.port for spec in version.inputs)
        ]
        with self._db.write() as connection:
            if not self._db.insert_new(connection, product_versions, row):
                raise Conflict(
                    "version.exists",
                    f"{version.product} has already a version {version.version}: somebody promoted it meanwhile.",
                    hint="Look at what changed, then promote again.",
                )
            if attached:
                connection.execute(insert(contracts), attached)
            if declared:
                connection.execute(insert(input_ports), declared)
        return version

    def newest(self, product_id: str) -> ProductVersion | None:
        """The version of a product that counts: the highest one, or the one that was rolled back to; or None."""
        return self.newest_many([product_id]).get(product_id)

    def highest(self, product_id: str, major: int | None = None) -> str | None:
        """The highest version that a product, or a major version of it, ever had; None without any."""
        statement = select(product_versions.c.version).where(product_versions.c.product_id == product_id)
        if major is not None:
            statement = statement.where(
                product_versions.c.rank.between(rank_of(f"{major}.0.0"), rank_of(f"{major + 1}.0.0") - 1)
            )
        with self._db.read() as connection:
            return connection.execute(statement.order_by(product_versions.c.rank.desc()).limit(1)).scalar()

    def newest_many(self, product_ids: Sequence[str]) -> dict[str, ProductVersion]:
        """The version of each product that counts, for those that have one."""
        found: dict[str, ProductVersion] = {}
        with self._db.read() as connection:
            for batch in batches(product_ids):
                statement = select(product_versions).where(product_versions.c.product_id.in_(batch), counts())
                for version in _versions(connection, connection.execute(statement).all()):
                    found[version.product_id] = version
        return found

    def get(self, product_id: str, version: str) -> ProductVersion | None:
        """One version, or None."""
        statement = select(product_versions).where(
            product_versions.c.product_id == product_id, product_versions.c.version == version
        )
        with self._db.read() as connection:
            found = _versions(connection, connection.execute(statement).all())
        return found[0] if found else None

    def newest_of(self, product_id: str, major: int) -> ProductVersion | None:
        """The highest version of a major version of a product, or None."""
        return self.before(product_id, f"{major + 1}.0.0", least=f"{major}.0.0")

    def before(self, product_id: str, version: str, *, least: str = "0.0.0") -> ProductVersion | None:
        """The highest version below another one, and not below `least`; or None."""
        rank = product_versions.c.rank
        statement = (
            select(product_versions)
            .where(product_versions.c.product_id == product_id, rank < rank_of(version), rank >= rank_of(least))
            .order_by(product_versions.c.rank.desc())
            .limit(1)
        )
        with self._db.read() as connection:
            found = _versions(connection, connection.execute(statement).all())
        return found[0] if found else None

    def by_id(self, version_id: str) -> ProductVersion | None:
        """The version with this id, or None."""
        with self._db.read() as connection:
            rows = connection.execute(select(product_versions).where(product_versions.c.id == version_id)).all()
            found = _versions(connection, rows)
        return found[0] if found else None

    def contract_blobs(self, version_id: str) -> dict[str, str]:
        """Digest of the contract of each port that has one, adopted ones included."""
        statement = select(contracts.c.port, contracts.c.blob).where(contracts.c.product_version_id == version_id)
        with self._db.read() as connection:
            return {row.port: row.blob for row in connection.execute(statement)}

    def inputs_of(self, names: Sequence[str]) -> list[tuple[str, str]]:
        """Which products the newest versions of products read: pairs of reader and input, as they are called now."""
        found: list[tuple[str, str]] = []
        leads = products.alias("leads")
        present = func.coalesce(leads.c.full_name, input_ports.c.upstream)
        with self._db.read() as connection:
            for batch in batches(names):
                statement = (
                    select(products.c.full_name, present.label("upstream"))
                    .distinct()
                    .join_from(products, product_versions, product_versions.c.product_id == products.c.id)
                    .join(input_ports, input_ports.c.product_version_id == product_versions.c.id)
                    .outerjoin(former_names, former_names.c.full_name == input_ports.c.upstream)
                    .outerjoin(leads, leads.c.id == former_names.c.product_id)
                    .where(products.c.full_name.in_(batch), counts())
                    .order_by(products.c.full_name, present)
                )
                found += [(row[0], row[1]) for row in connection.execute(statement)]
        return found

    def hold_inputs(self) -> None:
        """Nobody else declares inputs until the transaction ends: what is found out about them stays true."""
        if self._db.dialect == "postgresql":  # a transaction of SQLite that writes is alone anyway
            with self._db.write() as connection:
                connection.execute(text("LOCK TABLE input_port IN SHARE ROW EXCLUSIVE MODE"))

    def adopt_contract(self, version_id: str, port: str, digest: str) -> str:
        """Attach a contract to a port that was promoted without one; the digest that holds.

        It is done once: whoever comes second gets the first one's.
        """
        row = {"product_version_id": version_id, "port": port, "blob": digest}
        with self._db.write() as connection:
            self._db.insert_new(connection, contracts, row)
            return self.contract_blobs(version_id)[port]

    def consumers_of(self, product: str) -> list[str]:
        """Full names of the products whose newest version declares `product` (domain.product) as an input."""
        with self._db.read() as connection:
            return [*connection.execute(_readers(product, products.c.full_name)).scalars()]

    def readers_by_name(self, product: str) -> list[str]:
        """Full names of the products whose version that counts reads `product` by exactly this name."""
        statement = (
            select(products.c.full_name)
            .distinct()
            .join_from(input_ports, product_versions, product_versions.c.id == input_ports.c.product_version_id)
            .join(products, products.c.id == product_versions.c.product_id)
            .where(input_ports.c.upstream == product, counts())
            .order_by(products.c.full_name)
        )
        with self._db.read() as connection:
            return [*connection.execute(statement).scalars()]

    def reader_ids(self, product: str) -> list[str]:
        """Ids of the products whose newest version declares `product` (domain.product) as an input."""
        with self._db.read() as connection:
            return [*connection.execute(_readers(product, products.c.id)).scalars()]

    def list(self, product_id: str, cursor: str | None = None, limit: int = 100) -> Page[ProductVersion]:
        """Versions of a product, the highest first."""
        with self._db.read() as connection:
            return page(
                connection,
                select(product_versions).where(product_versions.c.product_id == product_id),
                product_versions.c.rank,
                lambda rows: _versions(connection, rows),
                cursor=cursor,
                limit=limit,
                descending=True,
            )


def _readers(product: str, column: ColumnElement[str]) -> Select[str]:
    return (
        select(column)
        .distinct()
        .join_from(input_ports, product_versions, product_versions.c.id == input_ports.c.product_version_id)
        .join(products, products.c.id == product_versions.c.product_id)
        .where(or_(input_ports.c.upstream == product, input_ports.c.upstream.in_(_former_names(product))), counts())
        .order_by(column)
    )


def _former_names(product: str) -> Select[str]:
    """Names that lead to a product and that it had before."""
    owner = products.alias("named")
    return (
        select(former_names.c.full_name)
        .join(owner, owner.c.id == former_names.c.product_id)
        .where(owner.c.full_name == product)
    )


def counts() -> ColumnElement[bool]:
    """Whether a version is the one that its product names; of a product that names none, the highest."""
    owner = products.alias("owner")
    named = (
        select(owner.c.document["version"].as_string())
        .where(owner.c.id == product_versions.c.product_id)
        .correlate(product_versions)
        .scalar_subquery()
    )
    other = product_versions.alias("other")
    highest = (
        select(func.max(other.c.rank))
        .where(other.c.product_id == product_versions.c.product_id)
        .correlate(product_versions)
        .scalar_subquery()
    )
    return or_(product_versions.c.version == named, and_(named.is_(None), product_versions.c.rank == highest))


def rank_of(version: str) -> int:
    parsed = SemanticVersion.parse(version)
    return (parsed.major * _PART + parsed.minor) * _PART + parsed.patch


def _versions(connection: Connection, rows: Sequence[Row[Any]]) -> list[ProductVersion]:
    attached: dict[str, dict[str, str]] = {}
    statement = select(contracts).where(contracts.c.product_version_id.in_([row.id for row in rows]))
    for row in connection.execute(statement.order_by(contracts.c.port)):
        attached.setdefault(row.product_version_id, {})[row.port] = row.blob
    return [ProductVersion.model_validate({**row.document, "contract_blobs": attached.get(row.id, {})}) for row in rows]
