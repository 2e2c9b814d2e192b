"""Jobs given to jupyter-scheduler and runs given to a worker of ours, from being asked for to the last output."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mesh_workbench.model.domain import DomainDraft
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.run import RunRequest, RunState
from mesh_workbench.workbench import create_workbench
from mesh_workbench.workbench.local import LocalWorkbench
from tests.bench import five_cells

LOOK_S = 0.02
AT_ONCE = 4
"""Jobs of jupyter-scheduler at the same time: it starts whatever it is given at once, and a hundred fill the memory."""
TOKEN = "bench"


class JupyterScheduler:
    """A Jupyter server with the extension, and the notebook in its folder."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.failed = 0
        """Jobs that failed, though nothing is wrong with their notebook: their kernels take each other's ports."""

    def create(self, name: str) -> str:
        job = {
            "name": name,
            "input_uri": "five.ipynb",
            "runtime_environment_name": self._ask("GET", "runtime_environments")[0]["name"],
            "output_formats": ["ipynb"],
        }
        return str(self._ask("POST", "jobs", job)["job_id"])

    def ended(self, job: str) -> bool:
        """Whether it has its output, or failed."""
        found = self._ask("GET", f"jobs/{job}")
        if found["status"] == "FAILED":  # STOPPED is what a job is before its process has begun
            sys.stderr.write(f"a job of jupyter-scheduler failed: {found['status_message']}\n")
            self.failed += 1
        return bool(found["status"] in ("COMPLETED", "FAILED"))

    def one(self) -> float:
        """Seconds of one job."""
        began = time.perf_counter()
        job = self.create("one")
        while not self.ended(job):
            time.sleep(LOOK_S)
        return time.perf_counter() - began

    def many(self, count: int) -> float:
        """Seconds of `count` jobs, AT_ONCE at the same time."""
        began = time.perf_counter()
        waiting, running = count, list[str]()
        while waiting or running:
            while waiting and len(running) < AT_ONCE:
                running.append(self.create(f"job {waiting}"))
                waiting -= 1
            time.sleep(5 * LOOK_S)
            running = [job for job in running if not self.ended(job)]
        return time.perf_counter() - began

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        request = urllib.request.Request(
            f"{self._url}/scheduler/{path}",
            method=method,
            data=json.dumps(body).encode() if body else None,
            headers={"Authorization": f"token {TOKEN}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)


@contextmanager
def jupyter_scheduler(python: Path, home: Path) -> Iterator[JupyterScheduler]:
    """The server, until the block ends."""
    root = home / "notebooks"
    root.mkdir(parents=True)
    (root / "five.ipynb").write_text(five_cells.plain(), encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MESH_", "JUPYTER"))}
    folders = {f"JUPYTER_{what}_DIR": str(home / what.lower()) for what in ("CONFIG", "DATA", "RUNTIME")}
    command = [python, "-m", "jupyter_server", "--no-browser", "--allow-root", f"--port={port}",
               f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={root}",
               f"--SchedulerApp.db_url=sqlite:///{home / 'jobs.db'}"]  # fmt: skip
    with (home / "server.log").open("w") as log:
        path = f"{python.parent}{os.pathsep}{kept['PATH']}"
        server = subprocess.Popen(command, cwd=home, env={**kept, **folders, "PATH": path}, stdout=log, stderr=log)
        scheduler = JupyterScheduler(f"http://127.0.0.1:{port}")
        try:
            _until_it_answers(scheduler, home / "server.log")
            yield scheduler
        finally:
            server.terminate()
            server.wait(30)


def _until_it_answers(scheduler: JupyterScheduler, log: Path) -> None:
    deadline = time.monotonic() + 120
    while True:
        try:
            scheduler.one()
        except OSError as error:
            if time.monotonic() > deadline:
                raise SystemExit(f"jupyter-scheduler does not answer: {log.read_text()[-2000:]}") from error
            time.sleep(0.2)
        else:
            return


class Ours:
    """A workbench with one product, and a worker."""

    def __init__(self, bench: LocalWorkbench) -> None:
        self._bench = bench
        self._asked = 0

    def ask(self) -> str:
        self._asked += 1
        return self._bench.runs.request(RunRequest(product="bench.totals", parameters={"n": self._asked})).id

    def ended(self, run: str) -> bool:
        """Whether it has its release. Raises SystemExit when it failed."""
        found = self._bench.runs.get(run)
        if found.state.final and found.state is not RunState.SUCCEEDED:
            raise SystemExit(f"a run failed: {found.failure}")
        return found.state.final

    def one(self) -> float:
        """Seconds of one run, publication included."""
        began = time.perf_counter()
        run = self.ask()
        while not self.ended(run):
            time.sleep(LOOK_S)
        return time.perf_counter() - began

    def many(self, count: int) -> float:
        """Seconds of `count` runs that are all asked for at once."""
        began = time.perf_counter()
        waiting = [self.ask() for _ in range(count)]
        while waiting:
            time.sleep(5 * LOOK_S)
            waiting = [run for run in waiting if not self.ended(run)]
        return time.perf_counter() - began


@contextmanager
def ours(folder: Path) -> Iterator[Ours]:
    """The workbench and its worker, until the block ends."""
    made = create_workbench(folder)
    made.domains.add(DomainDraft(name="bench"))
    made.products.promote(PromotionRequest(notebook=five_cells.product(), to="bench.totals"))
    worker = subprocess.Popen([sys.executable, "-m", "mesh_workbench", "worker"], cwd=folder)
    try:
        found = Ours(made)
        found.one()  # the first one warms the worker, as a server that answers is warm
        found.one()
        yield found
    finally:
        worker.terminate()
        worker.wait(30)
        made.close()
