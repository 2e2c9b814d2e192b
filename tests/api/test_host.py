"""The Jupyter server as the host of a workbench: finding it, its worker, its demo, a registry that does not answer."""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import sys
import time
from pathlib import Path

import pytest

from mesh_workbench.workbench import create_workbench
from tests.api.serving import API, jupyter_server, wait_until

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
    settings = {"MeshExtension.start_worker": True, "MeshExtension.worker_command": MORTAL}
    with jupyter_server(folder, settings=settings) as server, server.client() as client:

        def died_twice():
            state = client.get("/mesh-workbench/worker").json()
            return state if state["restarts"] >= 1 and state["state"] == "backing_off" else None

        state = wait_until(died_twice)
        assert state["last_exit"] == 7
        assert "no luck" in state["last_lines"]
        assert state["retry_at"]
        before = state["restarts"]
        assert client.post("/mesh-workbench/worker").status_code == 202
        wait_until(lambda: client.get("/mesh-workbench/worker").json()["restarts"] > before, 1.5)


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


def test_a_registry_that_is_lost_while_open_is_told_too(folder):
    create_workbench(folder).close()
    with jupyter_server(folder) as server, server.client() as client:
        assert client.get(f"{API}/status").status_code == 200
        database = folder / "registry.db"
        kept = folder.parent / "kept.db"
        shutil.copy(database, kept)
        for name in ("registry.db", "registry.db-wal", "registry.db-shm"):
            (folder / name).unlink(missing_ok=True)
        database.write_bytes(b"this is not a database, " * 1000)
        answer = client.get(f"{API}/domains")
        assert answer.status_code in (200, 503), answer.text  # an open file may outlive its name


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
    settings = {"MeshExtension.demo_command": MORTAL}
    with jupyter_server(folder, settings=settings) as server, server.client() as client:
        client.post("/mesh-workbench/demo", json={})
        failed = wait_until(lambda: finished(client))
        assert (failed["state"], failed["exit_code"], failed["last_lines"]) == ("failed", 7, ["no luck"])


def test_active_runs_keep_the_server_from_being_culled(mesh):
    from mesh_workbench_server.activity import SETTING, Activity
    from mesh_workbench_server.host import Host

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
    from mesh_workbench_server.host import Host

    create_workbench(folder).close()
    below = folder / "a" / "b"
    below.mkdir(parents=True)
    before = os.environ.get("MESH_WORKBENCH")
    host = Host(str(below))
    host.announce()
    assert os.environ["MESH_WORKBENCH"] == str(folder)
    host.close()
    assert os.environ.get("MESH_WORKBENCH") == before
