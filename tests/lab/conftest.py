"""A real JupyterLab on a real workbench with the flights of one month, and a real browser before it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from mesh_workbench.cli.demo_landing import deliver
from mesh_workbench.cli.demo_mesh import DOMAINS, SOURCES, ZONE, DemoProduct
from mesh_workbench.model.domain import DomainDraft
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.run import RunRequest
from mesh_workbench.model.schedule import ScheduleDraft
from mesh_workbench.notebooks import templates
from mesh_workbench.workbench import create_workbench, open_workbench
from mesh_workbench.workbench.protocol import Workbench
from tests.lab.browser import chromium

TOKEN = "browser"
NEEDED = ("fleet.airlines", "fleet.planes", "network.airports", "flight_ops.flights")
"""What the template `daily_delays` reads."""
BEGIN, END = datetime(2013, 1, 1, 5, tzinfo=UTC), datetime(2014, 1, 1, 5, tzinfo=UTC)
JANUARY = datetime(2013, 1, 15, tzinfo=UTC)


@dataclass(frozen=True)
class Lab:
    """A JupyterLab that answers at `url`, and its workbench in `root`."""

    url: str
    root: Path


def _environment(home: Path) -> dict[str, str]:
    """The environment of a person who has nothing set up: no settings, no other workbench."""
    settings = home / "settings"
    quiet = settings / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    quiet.parent.mkdir(parents=True, exist_ok=True)
    quiet.write_text('{"fetchNews": "false", "checkForUpdates": false}')
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MESH_", "JUPYTER"))}
    return kept | {
        "JUPYTERLAB_SETTINGS_DIR": str(settings),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "IPYTHONDIR": str(home / "ipython"),
    }


@contextmanager
def jupyterlab(root: Path, home: Path) -> Iterator[Lab]:
    """A JupyterLab that shows `root`, until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = [
        "--no-browser",
        "--allow-root",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={TOKEN}",
    ]
    log = (home / "lab.log").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "mesh_workbench", "lab", str(root), *arguments],
        cwd=home,
        env=_environment(home),
        stdout=log,
        stderr=log,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url, process, home / "lab.log")
        yield Lab(url, root)
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
        log.close()


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/api?token={TOKEN}", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-3000:]}")


def _prepare(root: Path) -> None:
    """A workbench in `root` whose worker will make the products that the template `daily_delays` reads."""
    landing = root / "landing"
    deliver(landing)
    shutil.copytree(templates.folder(), root / "notebooks")
    bench = create_workbench(root)
    try:
        for name, title, about in DOMAINS:
            bench.domains.add(DomainDraft(name=name, title=title, description=about))
        for product in SOURCES:
            if product.name in NEEDED:
                _promote(bench, product, landing)
    finally:
        bench.close()


def _promote(bench: Workbench, product: DemoProduct, landing: Path) -> None:
    template = templates.find(product.template)
    assert template.contract is not None
    schedule = ScheduleDraft(cron=product.cron, timezone=ZONE, start=BEGIN, end=END) if product.cron else None
    bench.products.promote(
        PromotionRequest(
            notebook=template.notebook.read_text(),
            to=product.name,
            contracts={product.template: template.contract.read_text()},
            tags=list(product.tags),
            schedule=schedule,
        )
    )
    if schedule:
        bench.schedules.pause(product.name, reason="The test asks for its slots.")
    slot = JANUARY if schedule else None
    bench.runs.request(RunRequest(product=product.name, parameters={"landing": str(landing)}, slot=slot))


def _wait_for_releases(root: Path) -> None:
    bench = open_workbench(root)
    try:
        until = time.monotonic() + 120
        while time.monotonic() < until:
            runs = bench.runs.list().items
            if all(run.state.final for run in runs):
                assert [run.failure for run in runs if run.failure] == []
                return
            time.sleep(0.2)
        pytest.fail(f"the worker did not finish: {[(run.product, run.state) for run in runs]}")
    finally:
        bench.close()


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A JupyterLab whose workbench holds the flights of January and the registers."""
    root = tmp_path_factory.mktemp("mesh")
    _prepare(root)
    with jupyterlab(root, tmp_path_factory.mktemp("home")) as running:
        _wait_for_releases(root)
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture
def page(lab: Lab, browser: Browser) -> Iterator[Page]:
    """JupyterLab as it opens for the first time. An uncaught error in our code fails the test."""
    with opened(browser, lab.url) as shown:
        yield shown


@contextmanager
def opened(browser: Browser, url: str) -> Iterator[Page]:
    """A fresh JupyterLab in the browser, with its launcher."""
    context = browser.new_context(viewport={"width": 1400, "height": 900}, locale="en-GB", timezone_id="Europe/Madrid")
    context.set_default_timeout(20_000)
    shown = context.new_page()
    wrong: list[str] = []
    shown.on(
        "pageerror", lambda error: wrong.append(str(error.stack)) if "mesh-workbench" in str(error.stack) else None
    )
    try:
        shown.goto(f"{url}/lab?token={TOKEN}&reset")
        shown.locator(".jp-Launcher").wait_for(timeout=60_000)
        yield shown
        assert wrong == []
    finally:
        context.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep a picture of what a failing test saw last, in the folder test-results."""
    report = yield
    shown = getattr(item, "funcargs", {}).get("page")
    if report.when == "call" and report.failed and isinstance(shown, Page):
        picture = item.config.rootpath / "test-results" / f"{item.name}.png"
        shown.screenshot(path=picture)
        report.sections.append(("picture", str(picture)))
    return report
