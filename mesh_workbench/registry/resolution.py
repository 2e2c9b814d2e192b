"""What a query needs to know of many products at once, in a number of statements that does not grow with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, false, literal, or_, select, union_all

from mesh_workbench.model.health import GRACE
from mesh_workbench.model.product import Product
from mesh_workbench.model.release import PortFile, Release
from mesh_workbench.registry.overdue import may_be_amiss
from mesh_workbench.registry.repository import Repository
from mesh_workbench.registry.tables.former_name import former_names
from mesh_workbench.registry.tables.port_file import file_of, port_files
from mesh_workbench.registry.tables.product import products
from mesh_workbench.registry.tables.release import releases


@dataclass(frozen=True)
class ReleaseWanted:
    """Which release of a product is meant: the newest that meets all that is said."""

    product_id: str
    moment: datetime | None = None
    number: int | None = None
    major: int | None = None
    version: str | None = None


@dataclass(frozen=True)
class FilesWanted:
    """The files of a port in a release."""

    port_id: str
    major: int
    number: int


class Resolution(Repository):
    """Each method is one statement, or two where a name is an old one.

    Use them inside `Registry.snapshot()` to see one moment.
    """

    def products(self, full_names: Sequence[str]) -> tuple[datetime, dict[str, Product], frozenset[str]]:
        """The database's time, the products to which these names lead (unknown ones are left out), and the ids of
        those that may not do what they promise now, which is for `model.health` to say.
        """
        amiss = may_be_amiss(self._db, GRACE.total_seconds()).label("amiss")
        columns = (products.c.id, products.c.document, products.c.revision, amiss)
        statement = select(self._db.clock().label("moment"), products.c.full_name.label("named"), *columns).where(
            products.c.full_name.in_(full_names)
        )
        with self._db.read() as connection:
            rows = list(connection.execute(statement))
            moment = rows[0].moment if rows else self._db.now()
            if missing := {*full_names} - {row.named for row in rows}:
                formerly = (
                    select(former_names.c.full_name.label("named"), *columns)
                    .join(products, products.c.id == former_names.c.product_id)
                    .where(former_names.c.full_name.in_(missing))
                )
                rows += connection.execute(formerly)
        found = {row.named: Product.model_validate({**row.document, "revision": row.revision}) for row in rows}
        return moment, found, frozenset(row.id for row in rows if row.amiss)

    def releases(self, wanted: Sequence[ReleaseWanted]) -> list[Release | None]:
        """The release for each of `wanted`, None where there is none."""
        if not wanted:
            return []
        parts = []
        for index, want in enumerate(wanted):
            conditions = [releases.c.product_id == want.product_id]
            if want.moment is not None:
                conditions.append(releases.c.published <= want.moment)
            if want.number is not None:
                conditions.append(releases.c.number == want.number)
            if want.major is not None:
                conditions.append(releases.c.major == want.major)
            if (want.number, want.major, want.version) == (None, None, None):
                conditions.append(releases.c.beside == false())
            if want.version is not None:
                conditions.append(releases.c.document["version"].as_string() == want.version)
            newest = (
                select(literal(index).label("place"), releases.c.document)
                .where(*conditions)
                .order_by(releases.c.number.desc())
                .limit(1)
                .subquery()
            )
            parts.append(select(newest))
        found: list[Release | None] = [None] * len(wanted)
        with self._db.read() as connection:
            for row in connection.execute(union_all(*parts)):
                found[row.place] = Release.model_validate(row.document)
        return found

    def files(self, wanted: Sequence[FilesWanted]) -> dict[FilesWanted, list[PortFile]]:
        """The files of each of `wanted`, in the order in which they were added."""
        found: dict[FilesWanted, list[PortFile]] = {want: [] for want in wanted}
        if not found:
            return found
        conditions = [
            and_(
                port_files.c.port_id == want.port_id,
                port_files.c.major == want.major,
                port_files.c.added_in <= want.number,
                or_(port_files.c.removed_in.is_(None), port_files.c.removed_in > want.number),
            )
            for want in found
        ]
        with self._db.read() as connection:
            rows = connection.execute(select(port_files).where(or_(*conditions)).order_by(port_files.c.id)).all()
        for row in rows:
            file = file_of(row)
            for want, files in found.items():
                alive = row.added_in <= want.number and (row.removed_in is None or row.removed_in > want.number)
                if alive and (row.port_id, row.major) == (want.port_id, want.major):
                    files.append(file)
        return found
