"""A small mesh with real registry rows and real Parquet files, ready to be read."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mesh_workbench.engine.arrow_text import encode_schema
from mesh_workbench.engine.session import Limits
from mesh_workbench.engine.sessions import Sessions
from mesh_workbench.lifecycle import query
from mesh_workbench.lifecycle.query import Reader
from mesh_workbench.model.access import AccessDecision, Action, ReadRecord
from mesh_workbench.model.base import new_id
from mesh_workbench.model.check import Verdict
from mesh_workbench.model.domain import Domain
from mesh_workbench.model.identity import Identity
from mesh_workbench.model.product import Port, Product, ProductStatus
from mesh_workbench.model.query import Answer, QueryRequest
from mesh_workbench.model.release import PortFile, Release, ReleasePort
from mesh_workbench.registry import Registry, open_registry, search_lines
from mesh_workbench.storage.local import LocalStorage

BEGIN = datetime(2013, 1, 1, tzinfo=UTC)

FLIGHTS = pa.table(
    {
        "carrier": ["AA", "UA", "AA", "DL"],
        "tailnum": ["N1", "N2", "N1", None],
        "dep_delay": [1.5, -2.0, None, 10.0],
        "day": [date(2013, 1, 1), date(2013, 1, 1), date(2013, 1, 2), date(2013, 1, 3)],
    }
)
SAMPLES = pa.table(
    {
        "id": pa.array([1, 2, 3, 4, 5, 6], pa.int64()),
        "site": ["north", "north", "south", "south", None, "east"],
        "taken": pa.array(
            [
                datetime(2013, 1, 1, 6),
                datetime(2013, 1, 1, 18),
                datetime(2013, 1, 2, 6),
                datetime(2013, 2, 28, 23, 59),
                datetime(2013, 3, 1),
                None,
            ],
            pa.timestamp("us"),
        ),
        "amount": pa.array(
            [Decimal("10.50"), Decimal("0.25"), Decimal("-3.00"), None, Decimal("7.75"), Decimal("0.00")],
            pa.decimal128(9, 2),
        ),
        "tags": pa.array([["a", "b"], ["b"], [], None, ["a", "c", "a"], ["c"]], pa.list_(pa.string())),
        "spot": pa.array(
            [{"x": 1, "y": 2}, {"x": 3, "y": None}, None, {"x": -1, "y": 0}, {"x": 0, "y": 0}, {"x": 5, "y": 5}],
            pa.struct([("x", pa.int32()), ("y", pa.int32())]),
        ),
        "good": [True, False, True, None, True, False],
    }
)
PLANES = pa.table({"tailnum": ["N1", "N2"], "seats": pa.array([150, 180], pa.int32())})


@dataclass
class SmallMesh:
    """Publishes tables as releases, one a day from 2013-01-01 on, and reads them."""

    registry: Registry
    storage: LocalStorage
    sessions: Sessions
    reads: list[ReadRecord] = field(default_factory=list)
    forbidden: set[str] = field(default_factory=set)

    def product(self, name: str, **changes: object) -> Product:
        domain, _, product = name.partition(".")
        if self.registry.domains.get(domain) is None:
            self.registry.domains.add(Domain(id=new_id("dom"), name=domain, owner="ana", created=BEGIN))
        made = Product.model_validate(
            {"id": new_id("prd"), "domain": domain, "name": product, "owner": "ana", "created": BEGIN, **changes}
        )
        return self.registry.products.add(made, search_lines(made))

    def publish(
        self,
        name: str,
        ports: dict[str, pa.Table] | pa.Table,
        *,
        version: str = "1.0.0",
        keep: bool = False,
        verdict: Verdict = Verdict.KEPT,
        fresh_until: datetime | None = None,
    ) -> Release:
        """One more release of `name`; with `keep` the files of the release before stay."""
        domain, _, short = name.partition(".")
        product = self.registry.products.get(domain, short) or self.product(name)
        tables = ports if isinstance(ports, dict) else {short: ports}
        there = {port.name: port for port in self.registry.products.ports(product.id)}
        for position, port_name in enumerate(tables):
            if port_name not in there:
                port = Port(id=new_id("prt"), product_id=product.id, name=port_name, position=position)
                there[port_name] = self.registry.products.add_port(port)
        last = self.registry.releases.latest(product.id)
        number, major, run = (last.number if last else 0) + 1, int(version.partition(".")[0]), new_id("run")
        added, removed, released = {}, {}, []
        for port_name, table in tables.items():
            port = there[port_name]
            old = self.registry.releases.files(port.id, major, number - 1)
            file = Path("data") / run / f"{port_name}.parquet"
            target = self.storage.table_folder(port.id, major) / file
            target.parent.mkdir(parents=True, exist_ok=True)
            if table.num_rows:
                pq.write_table(table, target)
                size = target.stat().st_size
                added[port.id] = [PortFile(path=str(file), size=size, rows=table.num_rows, run_id=run)]
            removed[port.id] = [] if keep else [entry.path for entry in old]
            released.append(
                ReleasePort(
                    port=port_name,
                    port_id=port.id,
                    major=major,
                    delta_version=number,
                    rows=table.num_rows + (sum(entry.rows for entry in old) if keep else 0),
                    bytes=0,
                    files=1,
                    arrow_schema=encode_schema(table.schema),
                )
            )
        release = Release(
            id=new_id("rel"),
            product_id=product.id,
            product=name,
            number=number,
            version=version,
            major=major,
            verdict=verdict,
            checked=3,
            promises=3 if verdict is Verdict.KEPT else 5,
            ports=released,
            run_id=run,
            report_id=new_id("rep"),
            published=BEGIN + timedelta(days=number - 1),
            published_by="ana",
            fresh_until=fresh_until,
        )
        self.registry.releases.add(release, added, removed)
        self.registry.products.set_fresh_until(product.id, fresh_until)
        self.registry.products.change(product.id, status=ProductStatus.ACTIVE, release=number, version=version)
        return release

    def reader(self, name: str = "ana") -> Reader:
        return Reader(self.registry, self.storage, self.sessions, Identity(name=name), self._allowed, self.reads.extend)

    def ask(self, statement: str, *, limit: int = 1000, as_of: datetime | None = None, **parameters: object) -> Answer:
        request = QueryRequest.model_validate(
            {"statement": statement, "parameters": parameters, "limit": limit, "as_of": as_of}
        )
        return query.sql(self.reader(), request)

    def rows(self, statement: str, **parameters: object) -> list[dict[str, object]]:
        rows: list[dict[str, object]] = self.ask(statement, **parameters).reader.read_all().to_pylist()
        return rows

    def _allowed(self, products: Sequence[Product]) -> dict[str, AccessDecision]:
        return {
            product.id: AccessDecision(
                allowed=product.full_name not in self.forbidden,
                action=Action.READ,
                identity="ana",
                resource=product.full_name,
                reason="she has no grant",
            )
            for product in products
        }


def open_mesh(folder: Path, url: str) -> SmallMesh:
    """An empty mesh; the storage's folder has a name that DuckDB would like to expand."""
    sessions = Sessions(Limits(timeout_s=20), spare=False)
    return SmallMesh(open_registry(url), LocalStorage(folder / "sto[r]age"), sessions)


def fill(mesh: SmallMesh) -> SmallMesh:
    """Flights and planes, one release each."""
    mesh.publish("flight_ops.flights", FLIGHTS)
    mesh.publish("fleet.planes", PLANES)
    return mesh


def close(mesh: SmallMesh) -> None:
    mesh.sessions.close()
    mesh.registry.close()


@pytest.fixture
def make_mesh(tmp_path: Path, sqlite_url: str) -> Iterator[Callable[[], SmallMesh]]:
    """Makes an empty mesh on SQLite."""
    made: list[SmallMesh] = []

    def make() -> SmallMesh:
        made.append(open_mesh(tmp_path, sqlite_url))
        return made[-1]

    yield make
    for mesh in made:
        close(mesh)


@pytest.fixture
def small(make_mesh: Callable[[], SmallMesh]) -> SmallMesh:
    """Flights and planes, one release each, to change at will."""
    return fill(make_mesh())


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[SmallMesh]:
    """Flights, planes and samples, one release each, only to read."""
    folder = tmp_path_factory.mktemp("shared")
    shutil.copyfile(sqlite_template, folder / "registry.db")
    mesh = fill(open_mesh(folder, f"sqlite:///{folder / 'registry.db'}"))
    mesh.publish("lab.samples", SAMPLES)
    yield mesh
    close(mesh)
