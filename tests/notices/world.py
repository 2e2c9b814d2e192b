"""What happens to products, in a line each, and what people were told of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from mesh_workbench.lifecycle.deliver import Post
from mesh_workbench.lifecycle.tell import Teller
from mesh_workbench.model.base import new_id
from mesh_workbench.model.delivery import Delivery
from mesh_workbench.model.identity import Member, Role
from mesh_workbench.model.notice import Notice, NoticeKind
from mesh_workbench.model.preferences import Address, Preferences
from mesh_workbench.model.product import Product
from mesh_workbench.model.run import Failure, Run, RunState
from mesh_workbench.model.subscription import Subscription
from mesh_workbench.registry import Registry
from mesh_workbench.settings import Settings
from mesh_workbench.workbench.implementations import notifiers_of
from tests import records

CRASH = Failure(
    failure_class="user_code", code="run.cell-failed", message="ValueError: no carrier 'Ana Ruiz, 600 123 456'", cell=3
)
BREACH = Failure(failure_class="contract", code="contract.breached", message="carrier is never empty: 'Ana Ruiz'")


@dataclass
class World:
    """A registry in which `ana` owns what there is, and somebody who tells about it."""

    registry: Registry
    registry_url: str
    settings: Settings

    def product(self, name: str = "fleet.planes") -> Product:
        domain, short = name.split(".")
        if self.registry.products.get(domain, short) is None:
            records.known_version(self.registry, name)
        found = self.registry.products.get(domain, short)
        assert found is not None
        return found

    def ends(self, name: str = "fleet.planes", failure: Failure | None = None, **changes: Any) -> Run:
        """A run of the product ends: well, or with `failure`."""
        product = self.product(name)
        version = self.registry.versions.newest(product.id)
        assert version is not None
        run = self.registry.runs.add(records.run(version, **changes))
        self.registry.runs.claim("wrk_1", None, 60)
        state = RunState.FAILED if failure else RunState.SUCCEEDED
        return self.registry.runs.finish(run.id, worker_id="wrk_1", attempt=1, state=state, failure=failure)

    def overdue(self, name: str = "fleet.planes", **changes: Any) -> None:
        """The product should have run an hour ago, and did not."""
        product, hour_ago = self.product(name), self.registry.now() - timedelta(hours=1)
        known = self.registry.schedules.get(product.id) or records.schedule(product)
        self.registry.schedules.set(known.model_copy(update={"next_fire": hour_ago, **changes}))

    def on_time(self, name: str = "fleet.planes") -> None:
        self.overdue(name, next_fire=self.registry.now() + timedelta(hours=1))

    def member(self, identity: str, role: Role, domain: str = "fleet") -> None:
        self.registry.domains.set_member(Member(identity=identity, role=role, domain=domain, since=self.registry.now()))

    def subscribes(self, identity: str, target: str, **more: Any) -> None:
        about = {"id": new_id("sub"), "identity": identity, "target": target, "created": self.registry.now(), **more}
        self.registry.subscriptions.set(Subscription.model_validate(about))

    def reached(self, identity: str = "ana", *, by: dict[str, Address] | None = None, **more: Any) -> None:
        """Where somebody is reached; e-mail when nothing is said."""
        addresses = {"email": Address(to=f"{identity}@example.org")} if by is None else by
        self.registry.preferences.set(Preferences(identity=identity, addresses=addresses, **more))

    def tell(self) -> int:
        return Teller(self.registry, self.settings).tell()

    def deliver(self) -> int:
        return Post(self.registry, self.settings, notifiers_of(self.settings)).deliver()

    def told(self, identity: str = "ana") -> list[tuple[str, NoticeKind]]:
        """Product and kind of what stands in somebody's list, the oldest first."""
        return [(notice.product, notice.kind) for notice in self.notices(identity)]

    def notices(self, identity: str = "ana") -> list[Notice]:
        return self.registry.notices.list(identity).items[::-1]

    def due(self) -> None:
        """Whatever a message waits for is over."""
        self._change("UPDATE delivery SET due = created")

    def lease_ends(self) -> None:
        """Whoever has claimed a message had it long enough."""
        self._change("UPDATE delivery SET lease_until = created")

    def _change(self, statement: str) -> None:
        engine = create_engine(self.registry_url.replace("postgresql://", "postgresql+psycopg://"))
        with engine.begin() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def messages(self, identity: str | None = None) -> list[Delivery]:
        """Messages, sent and waiting, the oldest first."""
        return self.registry.deliveries.list(identity).items[::-1]


def world(registry: Registry, registry_url: str, root: Path, **settings: Any) -> World:
    """An empty world whose messages go at once, unless `settings` say otherwise."""
    return World(registry, registry_url, Settings(root=root, **{"notice_group_s": 0, **settings}))
