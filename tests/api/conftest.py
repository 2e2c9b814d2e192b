"""A real workbench with real products, and the servers that offer it."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mesh_workbench.api.app import create_app
from mesh_workbench.model.backfill import BackfillRequest
from mesh_workbench.model.base import new_id, now
from mesh_workbench.model.domain import DomainDraft
from mesh_workbench.model.identity import Identity, Role
from mesh_workbench.model.preflight import Preflight
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.review import ReviewRule
from mesh_workbench.model.schedule import ScheduleDraft
from mesh_workbench.workbench import create_workbench
from mesh_workbench.workbench.preflights import FOLDER, write_value
from tests.api.serving import API, Jupyter, anonymous, jupyter_server, served
from tests.builders import notebook

ASKER = "x-test-identity"


@dataclass(frozen=True)
class Mesh:
    """A workbench that exists, and what is in it."""

    root: Path
    bench: object
    run_id: str
    report_id: str
    version: str
    queued_run_id: str
    grant_id: str
    proposal_id: str
    backfill_id: str
    change_id: str
    preflight_id: str


@pytest.fixture(scope="session")
def mesh(tmp_path_factory) -> Mesh:
    """Domain flight_ops with the released product flights; ana administers, rita has no role."""
    from mesh_workbench.workbench.worker import run_worker

    root = tmp_path_factory.mktemp("mesh") / "workbench"
    bench = create_workbench(root)
    bench.domains.set_role(None, "ana", Role.PLATFORM_ADMIN)
    ana = bench.as_(Identity(name="ana"))
    ana.domains.add(DomainDraft(name="flight_ops", title="Flight operations"))
    (root / "notes.txt").write_text("Notes")
    document = flights_notebook(reads="notes.txt")
    asked = PromotionRequest(notebook=document, folder=".", to="flight_ops.flights", run=True)
    promotion = ana.products.promote(asked)
    assert promotion.run is not None
    run_worker(root, service=True, stop=threading.Event(), until_idle=True)
    run = ana.runs.get(promotion.run.id)
    assert run.state == "succeeded", run.failure
    assert run.report_id is not None
    queued = ana.products.promote(PromotionRequest(notebook=flights_notebook(9), to="flight_ops.waiting", run=True))
    assert queued.run is not None
    grant = ana.catalog.grant("flight_ops.flights", "tom", purpose="testing")
    day = {"start": datetime(2012, 1, 1, tzinfo=UTC), "end": datetime(2012, 1, 2, tzinfo=UTC)}
    past = BackfillRequest(product="flight_ops.flights", cut=ScheduleDraft(every="P1D"), **day)
    backfill = ana.backfills.begin(past)
    ana.domains.add(DomainDraft(name="reviewed"))
    ana.domains.set_review("reviewed", ReviewRule())
    proposal = ana.reviews.propose(PromotionRequest(notebook=flights_notebook(), to="reviewed.flights"))
    rita = bench.as_(Identity(name="rita"))
    rita.query.resolve(["flight_ops.flights"])
    bench.context.read_log.flush()
    gone = PromotionRequest(notebook=flights_notebook(output="others"), to="flight_ops.flights")
    change = ana.changes.announce(gone)
    assert change.waiting == ["rita"]
    ids = (run.id, run.report_id, run.version, queued.run.id, grant.id, proposal.id, backfill.id, change.id)
    yield Mesh(root, bench, *ids, tried_out(bench))
    bench.close()


def tried_out(bench) -> str:
    """A preflight of ana's that is over."""
    tried = Preflight(id=new_id("pre"), identity="ana", state="done", begun=now())
    folder = bench.context.storage.runs.with_name(FOLDER) / tried.id
    folder.mkdir(parents=True)
    write_value(folder, tried)
    return tried.id


def flights_notebook(rows: int = 3, output: str = "flights", *, reads: str = "") -> str:
    """A notebook that publishes a few rows; it may read a file."""
    return notebook(
        *([f"open({reads!r}).close()"] if reads else []),
        "# Flights",
        "import mesh_workbench as mesh\nimport polars as pl",
        f'mesh.output("{output}", pl.DataFrame({{"flight": range(rows), "carrier": ["UA"] * rows}}))',
        parameters=f"rows = {rows}",
    )


@pytest.fixture(scope="session")
def app(mesh):
    """The API over the workbench; a header says who asks."""
    return create_app(lambda request: mesh.bench.as_(Identity(name=request.headers.get(ASKER, "ana"))))


@pytest.fixture(scope="session")
def address(app):
    with served(app) as url:
        yield url + API


@pytest.fixture
def ana(address):
    with anonymous(address, {ASKER: "ana"}) as client:
        yield client


@pytest.fixture
def rita(address):
    with anonymous(address, {ASKER: "rita"}) as client:
        yield client


@pytest.fixture(scope="session")
def jupyter(mesh) -> Jupyter:
    """A real Jupyter Server for several people, on the workbench."""
    with jupyter_server(mesh.root, people=True) as server:
        yield server
