"""Domains and their members."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, Select, bindparam, delete, func, select, true, update

from mesh_workbench.errors import Conflict, NotFound
from mesh_workbench.model.base import Page
from mesh_workbench.model.domain import Domain
from mesh_workbench.model.identity import Member, Role
from mesh_workbench.model.pause import Pause
from mesh_workbench.model.product import ProductStatus
from mesh_workbench.registry.cursor import page
from mesh_workbench.registry.repository import Repository, document_of
from mesh_workbench.registry.tables.domain import domains
from mesh_workbench.registry.tables.member import PLATFORM, members
from mesh_workbench.registry.tables.product import products


def _lines_above() -> Select[tuple[str, str]]:
    parent = domains.c.document["parent"].as_string()
    first = select(domains.c.name.label("below"), domains.c.name.label("name"), parent.label("above"))
    line = first.where(domains.c.name.in_(bindparam("names", expanding=True))).cte("line", recursive=True)
    # UNION leaves out what is there already: a circle of parents ends where it began.
    line = line.union(select(line.c.below, domains.c.name, parent).join(line, domains.c.name == line.c.above))
    return select(line.c.below, line.c.name)


# Every query asks these: building a statement takes longer than the database takes to answer it.
_LINES_ABOVE = _lines_above()
_ROLES = select(members).where(members.c.identity == bindparam("identity")).order_by(members.c.domain, members.c.role)


class Domains(Repository):
    """Who owns products."""

    def add(self, domain: Domain) -> Domain:
        """Record a new domain. Raises Conflict `domain.exists`."""
        row = {
            "id": domain.id,
            "name": domain.name,
            "created": domain.created,
            "revision": domain.revision,
            "document": document_of(domain, "products", "revision"),
        }
        with self._db.write() as connection:
            if not self._db.insert_new(connection, domains, row):
                raise Conflict(
                    "domain.exists", f"There is already a domain {domain.name}.", hint="Choose another name."
                )
        return domain

    def get(self, name: str) -> Domain | None:
        """The domain with its number of products, or None."""
        with self._db.read() as connection:
            row = connection.execute(self._selected().where(domains.c.name == name)).first()
        return _domain(row) if row else None

    def names(self) -> list[str]:
        """Names of all domains."""
        with self._db.read() as connection:
            return [*connection.execute(select(domains.c.name).order_by(domains.c.name)).scalars()]

    def count(self) -> int:
        """How many domains there are."""
        with self._db.read() as connection:
            return int(connection.execute(select(func.count()).select_from(domains)).scalar_one())

    def ancestry(self, name: str) -> list[str]:
        """`name` and the domains above it, the nearest first; a circle of parents ends where it began."""
        line: list[str] = []
        with self._db.read():
            above: str | None = name
            while above and above not in line:
                found = self.get(above)
                if found is None:
                    break
                line.append(above)
                above = found.parent
        return line

    def ancestries(self, names: Collection[str]) -> dict[str, set[str]]:
        """Each of `names` that exists, with itself and all domains above it: one statement, however many."""
        found: dict[str, set[str]] = {}
        with self._db.read() as connection:
            for row in connection.execute(_LINES_ABOVE, {"names": [*names]}):
                found.setdefault(row.below, set()).add(row.name)
        return found

    def descendants(self, name: str) -> list[str]:
        """`name` and all domains below it."""
        with self._db.read() as connection:
            rows = connection.execute(select(domains.c.name, domains.c.document)).all()
        children: dict[str | None, list[str]] = {}
        for row in rows:
            children.setdefault(row.document.get("parent"), []).append(row.name)
        found = [name]
        for each in found:  # grows while it is walked
            found += [child for child in children.get(each, []) if child not in found]
        return found

    def update(self, domain: Domain) -> Domain:
        """Store an edited domain; `domain.revision` is the one that was edited. Name and id cannot change.

        Raises Conflict `domain.changed` when somebody else edited it meanwhile, or it does not exist.
        """
        statement = (
            update(domains)
            .where(domains.c.id == domain.id, domains.c.name == domain.name, domains.c.revision == domain.revision)
            .values(
                document=document_of(domain, "products", "revision"),
                paused=domain.pause is not None,
                revision=domains.c.revision + 1,
            )
            .returning(domains.c.revision)
        )
        with self._db.write() as connection:
            revision = connection.execute(statement).scalar()
            if revision is None:
                raise Conflict(
                    "domain.changed",
                    f"The domain {domain.name} was changed by somebody else meanwhile.",
                    hint="Load it again and repeat the edit.",
                )
        return domain.model_copy(update={"revision": revision})

    def pauses(self) -> dict[str, list[Pause]]:
        """The pauses of each domain and of those above it, the nearest first; domains without any are left out.

        Ended ones too: what fell due in them may not have been decided yet.
        """
        with self._db.read() as connection:
            if not connection.execute(select(domains.c.id).where(domains.c.paused == true()).limit(1)).first():
                return {}
            rows = connection.execute(select(domains.c.name, domains.c.document)).all()
        known = {row.name: (row.document.get("parent"), row.document.get("pause")) for row in rows}
        found: dict[str, list[Pause]] = {}
        for name in known:
            above, passed = name, set[str]()
            while above in known and above not in passed:  # a circle of parents ends where it began
                passed.add(above)
                parent, pause = known[above]
                if pause:
                    found.setdefault(name, []).append(Pause.model_validate(pause))
                above = parent
        return found

    def _selected(self) -> Select[Any]:
        count = (
            select(func.count())
            .where(products.c.domain == domains.c.name, products.c.status != ProductStatus.RETIRED.value)
            .scalar_subquery()
        )
        return select(domains, count.label("products"), self._db.clock().label("read_at"))

    def members(self, domain: str | None) -> list[Member]:
        """Members of a domain, or of the platform for None."""
        statement = select(members).where(members.c.domain == (domain or PLATFORM))
        with self._db.read() as connection:
            rows = connection.execute(statement.order_by(members.c.identity, members.c.role)).all()
        return [_member(row) for row in rows]

    def roles_of(self, identity: str) -> list[Member]:
        """All roles of an identity, on the platform and in domains."""
        with self._db.read() as connection:
            rows = connection.execute(_ROLES, {"identity": identity}).all()
        return [_member(row) for row in rows]

    def set_member(self, member: Member) -> Member:
        """Give an identity a role. In a domain it replaces the role that the identity had there; platform roles add up.

        Raises NotFound `domain.not-found`.
        """
        place = member.domain or PLATFORM
        with self._db.write() as connection:
            if member.domain:
                if not connection.execute(select(domains.c.id).where(domains.c.name == place)).first():
                    raise NotFound("domain.not-found", f"There is no domain {place}.", hint="Create it first.")
                connection.execute(
                    delete(members).where(
                        members.c.domain == place, members.c.identity == member.identity, members.c.role != member.role
                    )
                )
            row = {"domain": place, "identity": member.identity, "role": member.role.value, "since": member.since}
            self._db.insert_new(connection, members, row)
        return member

    def remove_member(self, identity: str, domain: str | None, role: Role | None = None) -> bool:
        """Take a role away, or all in that place for None; whether there was one."""
        statement = delete(members).where(members.c.domain == (domain or PLATFORM), members.c.identity == identity)
        if role is not None:
            statement = statement.where(members.c.role == role.value)
        with self._db.write() as connection:
            return connection.execute(statement).rowcount > 0

    def list(self, cursor: str | None = None, limit: int = 100) -> Page[Domain]:
        """Domains by name, each with its number of products."""
        with self._db.read() as connection:
            return page(
                connection,
                self._selected(),
                domains.c.name,
                lambda rows: [_domain(row) for row in rows],
                cursor=cursor,
                limit=limit,
            )


def _domain(row: Row[Any]) -> Domain:
    domain = Domain.model_validate({**row.document, "revision": row.revision, "products": row.products})
    return domain if domain.pause and domain.pause.holds(row.read_at) else domain.model_copy(update={"pause": None})


def _member(row: Row[Any]) -> Member:
    return Member(identity=row.identity, role=Role(row.role), domain=row.domain or None, since=row.since)
