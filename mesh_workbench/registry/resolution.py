"""What a query needs to know of many products at once, in a number of statements that does not grow with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, bindparam, false, literal, or_, select, union_all

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

    @property
    def shape(self) -> tuple[bool, bool, bool, bool]:
        """Which of moment, number, major and version are said."""
        return self.moment is not None, self.number is not None, self.major is not None, self.version is not None


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
        with self._db.read() as connection:
            rows = list(connection.execute(self._by_name, {"names": [*full_names]}))
            moment = rows[0].moment if rows else self._db.now()
            if missing := {*full_names} - {row.named for row in rows}:
                rows += connection.execute(self._by_former_name, {"names": [*missing]})
        found = {row.named: Product.model_validate({**row.document, "revision": row.revision}) for row in rows}
        return moment, found, frozenset(row.id for row in rows if row.amiss)

    @cached_property
    def _by_name(self) -> Select[Any]:
        columns = (self._db.clock().label("moment"), products.c.full_name.label("named"), *self._of_a_product())
        return select(*columns).where(products.c.full_name.in_(bindparam("names", expanding=True)))

    @cached_property
    def _by_former_name(self) -> Select[Any]:
        return (
            select(former_names.c.full_name.label("named"), *self._of_a_product())
            .join(products, products.c.id == former_names.c.product_id)
            .where(former_names.c.full_name.in_(bindparam("names", expanding=True)))
        )

    def _of_a_product(self) -> tuple[ColumnElement[Any], ...]:
        amiss = may_be_amiss(self._db, GRACE.total_seconds()).label("amiss")
        return products.c.id, products.c.document, products.c.revision, amiss

    def releases(self, wanted: Sequence[ReleaseWanted]) -> list[Release | None]:
        """The release for each of `wanted`, None where there is none."""
        if not wanted:
            return []
        found: list[Release | None] = [None] * len(wanted)
        with self._db.read() as connection:
            for row in connection.execute(_newest(tuple(want.shape for want in wanted)), _said(wanted)):
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


@lru_cache(maxsize=256)
def _newest(shapes: tuple[tuple[bool, bool, bool, bool], ...]) -> CompoundSelect[Any]:
    """The statement for releases of these shapes, kept: building it takes longer than the database's answer."""
    parts = []
    for index, (moment, number, major, version) in enumerate(shapes):
        conditions = [releases.c.product_id == bindparam(f"product_{index}")]
        if moment:
            conditions.append(releases.c.published <= bindparam(f"moment_{index}"))
        if number:
            conditions.append(releases.c.number == bindparam(f"number_{index}"))
        if major:
            conditions.append(releases.c.major == bindparam(f"major_{index}"))
        if not (number or major or version):
            conditions.append(releases.c.beside == false())
        if version:
            conditions.append(releases.c.document["version"].as_string() == bindparam(f"version_{index}"))
        newest = (
            select(literal(index).label("place"), releases.c.document)
            .where(*conditions)
            .order_by(releases.c.number.desc())
            .limit(1)
            .subquery()
        )
        parts.append(select(newest))
    return union_all(*parts)


def _said(wanted: Sequence[ReleaseWanted]) -> dict[str, object]:
    """The values of the statement of `_newest`."""
    told: dict[str, object] = {}
    for index, want in enumerate(wanted):
        said = {"product": want.product_id, "moment": want.moment, "number": want.number}
        said |= {"major": want.major, "version": want.version}
        told |= {f"{name}_{index}": value for name, value in said.items() if value is not None}
    return told
