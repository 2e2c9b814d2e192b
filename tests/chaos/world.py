"""A whole workbench under fault: registry, storage on a small disk, products with schedules, and a crew of workers."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

from mesh_workbench.cli import make_app
from mesh_workbench.cli.boundary import run as run_cli
from mesh_workbench.errors import MeshError, Unavailable
from mesh_workbench.model.backfill import BackfillRequest
from mesh_workbench.model.domain import DomainDraft
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.run import FINAL_STATES, Run, RunRequest, RunState
from mesh_workbench.model.schedule import ScheduleDraft
from mesh_workbench.workbench import create_workbench, open_workbench
from mesh_workbench.workbench.local import LocalWorkbench
from tests.chaos.clock import Clock, compiler
from tests.chaos.crew import Crew
from tests.chaos.disk import Disk
from tests.chaos.notebooks import PRODUCTS, ROWS
from tests.chaos.server import Server

SETTINGS = """
name = "chaos"
storage = "disk/storage"
lease_s = 5
heartbeat_s = 0.5
publish_lease_s = 5
tick_s = 0.2
kernel_start_timeout_s = 60
retry_pause_s = 1
retry_longest_pause_s = 4
"""
SCHEDULES = {
    "events": ScheduleDraft(every="6 seconds", catch_up="latest", overlap="skip"),
    "totals": ScheduleDraft(after="any", debounce="1 second", overlap="queue"),
}
SETTLE_S = 180.0
"""Seconds within which everything must be over after a fault; far more than it takes, also on a busy machine."""


@dataclass
class World:
    """`disk` and `clock` are there only where they can be made. Whoever makes a world closes it."""

    folder: Path
    server: Server | None
    disk: Disk | None
    crew: Crew
    bench: LocalWorkbench
    clock: Clock | None
    busy: int
    """Runs that are asked for in a round, at most."""
    asked: list[Run] = field(default_factory=list)
    backfills: list[str] = field(default_factory=list)

    @property
    def database(self) -> str:
        return "postgresql" if self.server else "sqlite"

    def load(self, random: Random) -> None:
        """Ask for some runs, as people and other schedulers would: new ones, and failed ones again."""
        for _ in range(random.randint((self.busy + 1) // 2, self.busy)):
            name = random.choices(["events", "totals", "flaky"], [5, 3, 1])[0]
            slot = datetime(2013, random.randint(1, 12), random.randint(1, 28), tzinfo=UTC)
            parameters = {"pause": round(random.uniform(0, 1.5), 2)} if name == "events" else {}
            self.ask(name, slot, **parameters)
        failed = [run for run in self.bench.runs.list(limit=20).items if run.state is RunState.FAILED]
        if failed and random.random() < 0.3:
            self._unless_refused(lambda: self.bench.runs.retry(random.choice(failed).id))
        if random.random() < 0.3:
            self._unless_refused(lambda: self._backfill(random))

    def _backfill(self, random: Random) -> None:
        """Some of the slots that the schedule of `chaos.events` has long behind it, two at a time."""
        start = datetime(2014, random.randint(1, 12), random.randint(1, 28), tzinfo=UTC)
        request = BackfillRequest(
            product="chaos.events",
            start=start,
            end=start + timedelta(seconds=6 * random.randint(1, self.busy)),
            only=random.choice(["missing", "all"]),
            order=random.choice(["oldest", "newest"]),
            concurrency=2,
            stop_after=0,
        )
        self.backfills.append(self.bench.backfills.begin(request).id)

    def wake(self) -> None:
        """Let schedules fire."""
        for name in SCHEDULES:
            self._when_it_answers(partial(self.bench.schedules.resume, f"chaos.{name}"))

    def rest(self) -> None:
        """Let no schedule fire, so that everything may be over some time."""
        for name in SCHEDULES:
            self._when_it_answers(partial(self.bench.schedules.pause, f"chaos.{name}", reason="everything is to end"))

    def ask(self, name: str, slot: datetime | None = None, **parameters: float) -> Run:
        request = {"product": f"chaos.{name}", "slot": slot, "parameters": parameters, "force": True}
        run = self.bench.runs.request(RunRequest.model_validate(request))
        self.asked.append(run)
        return run

    def settle(self, within_s: float = SETTLE_S) -> str:
        """Wait until nothing waits, goes on or is half published; what is not, when it takes too long."""
        deadline = time.monotonic() + within_s
        while True:
            try:
                left = self._left()
            except MeshError as fault:
                left = str(fault)
            if not left or time.monotonic() > deadline:
                return left
            time.sleep(0.1)

    def _left(self) -> str:
        registry = self.bench.context.registry
        queued, running = registry.runs.counts()
        names = [f"chaos.{name}" for name in PRODUCTS]
        products = [product for name in names if (product := registry.products.get(*name.split(".")))]
        half = [one.full_name for one in products if registry.publications.unfinished(one.id)]
        going = [one for one in self.backfills if not self.bench.backfills.get(one).state.final]
        if not (queued or running or half or going):
            return ""
        return f"{queued} runs wait, {running} go on, half published: {half}, backfills that go on: {going}"

    def doctor(self) -> list[str]:
        """What `mesh doctor --deep` finds wrong; the room on the disk and such are not its matter here."""
        said = io.StringIO()
        with redirect_stdout(said), redirect_stderr(said):
            code = run_cli(make_app(), ["doctor", "--deep", "--json"])
        try:
            findings = json.JSONDecoder().raw_decode(said.getvalue())[0]["items"]
        except (ValueError, KeyError):
            return [f"the doctor ended with {code}: {said.getvalue()[-2000:]}"]
        return [
            f"{finding['check']}: {finding['detail']} {[problem['subject'] for problem in finding['problems']][:5]}"
            for finding in findings
            if not finding["ok"] and "." in finding["check"]
        ]

    def wrong_rows(self) -> list[str]:
        """Slots of `chaos.events` that do not hold exactly what the runs that succeeded made of them."""
        registry = self.bench.context.registry
        product = registry.products.get("chaos", "events")
        assert product is not None
        newest = registry.releases.latest(product.id)
        [port] = registry.products.ports(product.id)
        files = registry.releases.files(port.id, 1, newest.number) if newest else []
        rows: Counter[str] = Counter()
        for file in files:
            rows[file.slot or ""] += file.rows
        made = {release.slot for release in self._releases(product.id)}
        wrong = [f"slot {slot} of chaos.events has {number} rows" for slot, number in rows.items() if number != ROWS]
        return wrong + [f"slot {slot} of chaos.events is lost" for slot in made - set(rows)]

    def _releases(self, product_id: str) -> list:
        found, cursor = [], None
        while True:
            page = self.bench.context.registry.releases.list(product_id, cursor=cursor, limit=1000)
            found += page.items
            cursor = page.next
            if cursor is None:
                return found

    def forgotten(self) -> list[str]:
        """Runs that somebody asked for, and slots of backfills, that are not over."""
        lost = []
        for run in self.asked:
            found = self.bench.context.registry.runs.get(run.id)
            if found is None or not found.state.final:
                lost.append(f"{run.id} is {found.state.value if found else 'gone'}")
        for backfill_id in self.backfills:
            for slot in self.bench.backfills.slots(backfill_id).items:
                if slot.state != "skipped" and slot.state not in FINAL_STATES:
                    lost.append(f"slot {slot.slot.start} of {backfill_id} is {slot.state}")
        self.asked.clear()
        self.backfills.clear()
        return lost

    def close(self, *, keep: bool = False) -> None:
        """End every process; with `keep` all files stay, those of the disk as a copy."""
        self.crew.stop()
        self.bench.close()
        if self.server is not None:
            self.server.close(keep=keep)
        if self.disk is not None:
            if keep:
                shutil.copytree(self.disk.place, self.folder / "disk")
            self.disk.close()
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _when_it_answers(self, do: Callable[[], object]) -> None:
        """Do it when the registry answers again: a server that was killed needs a moment to recover."""
        deadline = time.monotonic() + SETTLE_S
        while True:
            try:
                do()
            except Unavailable:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
            else:
                return

    def _unless_refused(self, do: Callable[[], object]) -> None:
        try:
            do()
        except MeshError:
            return


def new_world(folder: Path, database: str, *, busy: int = 4) -> World:
    """A workbench in `folder` with products that nobody has run yet, and two workers at work.

    It is the one that this process finds by itself (MESH_WORKBENCH).
    """
    root = folder / "bench"
    root.mkdir(parents=True)
    (folder / "logs").mkdir()
    disk = _disk(root / "disk")
    for place in (folder, folder.parent):
        place.chmod(0o755)  # PostgreSQL, which is not root, has the same clock
    clock = Clock(folder) if compiler() else None
    faked = clock.environment if clock else {}
    server = Server(_socket_folder(folder), faked) if database == "postgresql" else None
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MESH_")}
    os.environ["MESH_WORKBENCH"] = str(root)
    environment |= {"MESH_WORKBENCH": str(root), **faked}
    registry = server.url if server else "sqlite:///disk/registry.db"
    create_workbench(root, registry=registry).close()
    file = root / "mesh.toml"
    file.write_text(file.read_text() + SETTINGS)
    bench = open_workbench(root)
    bench.domains.add(DomainDraft(name="chaos"))
    for name, text in PRODUCTS.items():
        bench.products.promote(PromotionRequest(notebook=text, to=f"chaos.{name}"))
    for name, draft in SCHEDULES.items():
        bench.schedules.set(f"chaos.{name}", draft)
    crew = Crew(root, folder / "logs", environment)
    crew.start()
    return World(folder, server, disk, crew, bench, clock, busy)


def _disk(place: Path) -> Disk | None:
    """A disk of its own, or just a folder where none can be mounted."""
    try:
        return Disk(place)
    except (subprocess.CalledProcessError, FileNotFoundError):
        return None


def _socket_folder(folder: Path) -> Path:
    """A Unix socket's path may have some 100 characters."""
    memory = Path("/dev/shm")
    return (memory if memory.is_dir() else Path("/tmp")) / f"mesh-chaos-{os.getpid()}-{folder.name}"
