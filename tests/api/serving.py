"""Real servers for tests: Jupyter Server in a process, the API under uvicorn in a thread."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

REPOSITORY = Path(__file__).parents[2]
API = "/mesh-workbench/api/v1"
OTHERS = ("jupyterlab", "jupyter_lsp", "jupyter_server_terminals", "notebook_shim", "notebook")
"""Extensions that are switched off, because they only make the start slower."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, within_s: float = 15.0, every_s: float = 0.05):
    """What `condition` answers once it is true."""
    end = time.monotonic() + within_s
    while not (answer := condition()):
        assert time.monotonic() < end, "it did not become true in time"
        time.sleep(every_s)
    return answer


def anonymous(url: str, headers: dict[str, str] | None = None) -> httpx.Client:
    """A client that nobody has signed in. Loading certificates would take most of the time of a test."""
    return httpx.Client(base_url=url, headers=headers, timeout=20, verify=False)


class Jupyter:
    """A running `jupyter server` with our extension."""

    def __init__(self, process: subprocess.Popen, url: str, token: str, log: Path) -> None:
        self.process, self.url, self.token, self.log = process, url, token, log

    def client(self, token: str | None = None, headers: dict[str, str] | None = None) -> httpx.Client:
        headers = {**(headers or {}), "Authorization": f"token {token or self.token}"}
        return anonymous(self.url, headers)

    @contextlib.contextmanager
    def signed_in(self, token: str | None = None) -> Iterator[httpx.Client]:
        """A client that is signed in by cookie, as a browser is."""
        with anonymous(self.url) as client:
            client.get("/login")  # the form brings the XSRF cookie
            client.get("/api/status", params={"token": token or self.token}).raise_for_status()
            yield client


@contextlib.contextmanager
def jupyter_server(
    root: Path, *, token: str = "token-of-ana", people: bool = False, settings: dict[str, object] | None = None
) -> Iterator[Jupyter]:
    """Jupyter Server on `root`; stopped with SIGTERM, as a terminal does."""
    port = free_port()
    chosen = {
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.root_dir": str(root),
        "ServerApp.open_browser": False,
        "ServerApp.allow_unauthenticated_access": False,
        "ServerApp.base_url": "/some/where/",
        "ServerApp.jpserver_extensions": {"mesh_workbench_server": True, **dict.fromkeys(OTHERS, False)},
        "MeshExtension.start_worker": False,
        **(
            {"ServerApp.identity_provider_class": "tests.api.people.People"}
            if people
            else {"IdentityProvider.token": token}
        ),
        **(settings or {}),
    }
    home = root.parent / f"home-{port}"
    home.mkdir()
    config = home / "config.py"
    config.write_text("".join(f"c.{name} = {value!r}\n" for name, value in chosen.items()))
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "MESH_"))}
    environment |= {
        "PYTHONPATH": str(REPOSITORY),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
    }
    log = home / "log.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyter_server", "--allow-root", f"--config={config}"],
            cwd=root,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    server = Jupyter(process, f"http://127.0.0.1:{port}/some/where", token, log)
    try:
        with server.client() as client:
            wait_until(lambda: _answers(client, process, log), 30)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(client: httpx.Client, process: subprocess.Popen, log: Path) -> bool:
    assert process.poll() is None, log.read_text()
    try:
        return client.get("/mesh-workbench/worker").status_code == 200
    except httpx.TransportError:
        return False


@contextlib.contextmanager
def served(app) -> Iterator[str]:
    """The address of an ASGI application under uvicorn."""
    import uvicorn

    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", timeout_graceful_shutdown=2))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_until(lambda: server.started)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
