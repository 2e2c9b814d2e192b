"""The Jupyter server as the host of a workbench: finding it, its worker, its demo, a registry that does not answer."""

from __future__ import annotations

import asyncio
import contextlib
import getpass
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from mesh_workbench_server.activity import SETTING, Activity
from mesh_workbench_server.child import Child
from mesh_workbench_server.demo import Demo
from mesh_workbench_server.host import Host
from mesh_workbench_server.notices import Notices
from mesh_workbench_server.worker import WorkerKeeper

from mesh_workbench.api.app import create_app
from mesh_workbench.model.identity import Member, Role
from mesh_workbench.workbench import create_workbench
from tests import records
from tests.api.serving import API, anonymous, free_port, jupyter_server, served, wait_until

WORKER = [
    sys.executable,
    "-c",
    "import os, sys, time; print('working for', os.environ['MESH_WORKBENCH'], flush=True); time.sleep(600)",
]
MORTAL = [sys.executable, "-c", "print('no luck', flush=True); raise SystemExit(7)"]


@pytest.fixture
def folder(tmp_path) -> Path:
    root = tmp_path / "root"
    root.mkdir()
    return root


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return (
        Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z" if sys.platform == "linux" else True
    )


def test_a_workbench_is_created_from_the_page_and_gets_its_worker(folder):
    settings = {"MeshExtension.start_worker": True, "MeshExtension.worker_command": WORKER}
    with jupyter_server(folder, settings=settings) as server, server.client() as client:
        missing = client.get(f"{API}/status")
        assert (missing.status_code, missing.json()["code"]) == (404, "workbench.not-found")
        assert client.get("/mesh-workbench/worker").json()["state"] == "waiting"
        outside = client.post("/mesh-workbench/init", json={"folder": "../elsewhere"})
        assert (outside.status_code, outside.json()["where"]) == (422, "body.folder")
        made = client.post("/mesh-workbench/init", json={})
        assert (made.status_code, made.json()) == (201, {"folder": str(folder)})
        status = client.get(f"{API}/status").json()
        assert (status["location"], status["identity"]) == (str(folder), getpass.getuser())
        assert "platform_admin" in status["roles"]
        assert client.post("/mesh-workbench/init", json={}).json()["code"] == "workbench.exists"
        worker = wait_until(lambda: running(client))
        wait_until(lambda: f"working for {folder}" in client.get("/mesh-workbench/worker").json()["last_lines"])
    assert not alive(worker["pid"]), "the worker ends with the server"


def running(client):
    state = client.get("/mesh-workbench/worker").json()
    return state if state["state"] == "running" else None


def test_a_worker_that_dies_is_started_again_with_growing_pauses(folder):
    create_workbench(folder).close()

    async def scene() -> None:
        keeper = WorkerKeeper(Host(str(folder)), MORTAL, logging.getLogger("test"))
        assert keeper.state.state == "off"
        keeper.start()
        first = await until(lambda: keeper.state.state == "backing_off" and keeper.state)
        assert (first.last_exit, first.last_lines) == (7, ["no luck"])
        second = await until(lambda: keeper.state.restarts == 1 and keeper.state.retry_at and keeper.state)
        assert second.retry_at - first.retry_at > timedelta(seconds=2)  # one second of waiting, then two
        keeper.start()  # somebody who asks need not wait
        await until(lambda: keeper.state.restarts == 2)
        assert datetime.now(UTC) < second.retry_at
        await keeper.stop()
        assert keeper.state.state == "stopped"

    asyncio.run(scene())


def test_a_worker_that_does_not_listen_is_killed(folder):
    create_workbench(folder).close()
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"

    async def scene() -> None:
        lines: list[str] = []
        child = await Child.spawn([sys.executable, "-c", deaf], folder=folder, root=folder, on_line=lines.append)
        await until(lambda: lines)
        await child.stop(grace_s=0.2)
        assert not alive(child.pid)

    asyncio.run(scene())


async def until(condition, within_s: float = 30.0):
    """What `condition` answers once it is true."""
    async with asyncio.timeout(within_s):
        while not (answer := condition()):
            await asyncio.sleep(0.01)
        return answer


def test_no_worker_outlives_a_server_that_was_killed(folder):
    create_workbench(folder).close()
    with jupyter_server(folder, settings={"MeshExtension.start_worker": True}) as server, server.client() as client:
        worker = wait_until(lambda: running(client))
        time.sleep(1)
        assert alive(worker["pid"]), client.get("/mesh-workbench/worker").text
        server.process.send_signal(signal.SIGKILL)
        wait_until(lambda: not alive(worker["pid"]), 20)


def test_a_registry_that_does_not_answer_is_told_with_since_when_and_tried_again(folder):
    create_workbench(folder).close()
    good = (folder / "mesh.toml").read_text()
    (folder / "mesh.toml").write_text('registry = "postgresql://nobody@127.0.0.1:1/none?connect_timeout=2"\n')
    with jupyter_server(folder) as server, server.client() as client:
        silent = client.get(f"{API}/status")
        assert (silent.status_code, silent.json()["code"]) == (503, "registry.unreachable")
        assert silent.json()["hint"]
        assert int(silent.headers["retry-after"]) >= 1
        since = silent.json()["details"]["since"]
        began = time.monotonic()
        assert client.get(f"{API}/domains").json()["details"]["since"] == since
        assert time.monotonic() - began < 0.5, "a known failure is told at once"
        assert client.get("/api/status").status_code == 200
        (folder / "mesh.toml").write_text(good)
        wait_until(lambda: client.get(f"{API}/status").status_code == 200, 10)


@pytest.mark.postgres
def test_a_registry_that_is_lost_while_open_is_told_and_found_again(folder, postgres_url):
    socket_folder = parse_qs(urlsplit(postgres_url).query)["host"][0]
    with wire(f"{socket_folder}/.s.PGSQL.5432") as (port, cut, mend):
        url = f"postgresql://mesh@127.0.0.1:{port}{urlsplit(postgres_url).path}?connect_timeout=2"
        create_workbench(folder, registry=url).close()
        host = Host(str(folder))
        with served(create_app(lambda _request: host.bench())) as address, anonymous(address + API) as client:
            assert client.get("/status").status_code == 200
            cut()
            silent = client.get("/domains")
            assert (silent.status_code, silent.json()["code"]) == (503, "registry.unreachable")
            assert silent.json()["details"]["since"] == client.get("/status").json()["details"]["since"]
            mend()
            wait_until(lambda: client.get("/domains").status_code == 200)
        host.close()


@contextmanager
def wire(socket_file: str) -> Iterator[tuple[int, Callable[[], None], Callable[[], None]]]:
    """A TCP port that leads to a Unix socket, and ways to cut the wire and to mend it."""
    port, loop = free_port(), asyncio.new_event_loop()
    ends: set[asyncio.StreamWriter] = set()
    servers: list[asyncio.Server] = []

    async def pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await source.read(65536):
                target.write(data)
                await target.drain()
        target.close()

    async def joined(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_unix_connection(socket_file)
        ends.update((writer, far_writer))
        await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))

    async def open_wire() -> None:
        servers.append(await asyncio.start_server(joined, "127.0.0.1", port))

    async def cut_wire() -> None:
        while servers:
            servers.pop().close()
        while ends:
            ends.pop().transport.abort()

    def say(what: Callable[[], Coroutine[None, None, None]]) -> None:
        asyncio.run_coroutine_threadsafe(what(), loop).result(10)

    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    say(open_wire)
    try:
        yield port, lambda: say(cut_wire), lambda: say(open_wire)
    finally:
        say(cut_wire)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


DEMO = """
import json, pathlib, sys, time
from mesh_workbench.workbench import create_workbench
create_workbench(pathlib.Path(sys.argv[1])).close()
print(json.dumps({"step": 1, "steps": 2, "message": "domains"}), flush=True)
print("a line for people", flush=True)
time.sleep(0.5)
print(json.dumps({"step": 2, "steps": 2, "message": "products"}), flush=True)
"""


def test_the_demo_is_built_by_a_child_and_its_progress_is_told(folder):
    settings = {"MeshExtension.demo_command": [sys.executable, "-c", DEMO]}
    with jupyter_server(folder, settings=settings) as server, server.client() as client:
        assert client.get("/mesh-workbench/demo").json()["state"] == "idle"
        begun = client.post("/mesh-workbench/demo", json={"folder": "demo"})
        assert (begun.status_code, begun.json()["state"]) == (202, "running")
        assert client.post("/mesh-workbench/demo", json={"folder": "demo"}).status_code == 409
        done = wait_until(lambda: finished(client))
        assert (done["state"], done["exit_code"]) == ("done", 0)
        assert [event["step"] for event in done["events"]] == [1, 2]
        assert done["last_lines"] == ["a line for people"]
        assert client.get(f"{API}/status").json()["location"] == str(folder / "demo")


def finished(client):
    state = client.get("/mesh-workbench/demo").json()
    return state if state["state"] != "running" else None


def test_a_demo_that_fails_says_how(folder):
    async def scene() -> None:
        demo = Demo(Host(str(folder)), MORTAL)
        await demo.start(folder)
        failed = await until(lambda: demo.state.state == "failed" and demo.state)
        assert (failed.exit_code, failed.last_lines) == (7, ["no luck"])

    asyncio.run(scene())


def test_active_runs_keep_the_server_from_being_culled(mesh):
    host, settings = Host(str(mesh.root)), {}
    Activity(host, settings).look()
    assert settings == {}, "a workbench that nobody opened is not opened for this"
    host.bench()
    try:
        Activity(host, settings).look()
        assert settings[SETTING].tzinfo is not None
    finally:
        host.close()


def test_kernels_are_told_which_workbench_is_meant(folder, tmp_path):
    create_workbench(folder).close()
    below = folder / "a" / "b"
    below.mkdir(parents=True)
    before = os.environ.get("MESH_WORKBENCH")
    host = Host(str(below))
    host.announce()
    assert os.environ["MESH_WORKBENCH"] == str(folder)
    host.close()
    assert os.environ.get("MESH_WORKBENCH") == before


def test_what_is_late_because_no_worker_is_alive_is_told_by_the_server(folder):
    bench = create_workbench(folder / "bench")
    registry = bench.context.registry
    version = records.known_version(registry)
    product = registry.products.by_id(version.product_id)
    assert product is not None
    hour_ago = registry.now() - timedelta(hours=1)
    registry.schedules.set(records.schedule(product, next_fire=hour_ago))
    registry.domains.set_member(
        Member(identity=bench.identity.name, role=Role.DOMAIN_OWNER, domain=product.domain, since=hour_ago)
    )
    host = Host(str(folder / "bench"))
    host.bench()
    try:
        Notices(host).look()
        assert [notice.kind for notice in bench.notices.list().items] == ["late"]
    finally:
        host.close()
        bench.close()
