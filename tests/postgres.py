"""A real PostgreSQL for the tests: one server a session, also when tests run in several processes.

The process that began the session names a folder in the environment. Whoever first needs a database starts the server
there under a file lock, through a supervisor (this file as a script) that ends the server with the session, however
that ends. Data are for nothing but tests: no syncing, no network, only a Unix socket.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

FOLDER_VARIABLE = "MESH_TEST_POSTGRES"
USER, TEMPLATE = "mesh", "mesh_template"
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "log_min_messages": "fatal",
}


def binaries() -> Path | None:
    """Folder of the newest PostgreSQL that is installed, or None."""
    folders = [
        *Path("/usr/lib/postgresql").glob("*/bin"),  # Debian
        *Path("/opt/homebrew/opt").glob("postgresql@*/bin"),
    ]
    found = sorted((folder for folder in folders if (folder / "initdb").exists()), key=str)
    if found:
        return found[-1]
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


def begin_session() -> None:
    """Name the folder of this session's server; nothing is started yet."""
    os.environ[FOLDER_VARIABLE] = str(_fastest_place() / f"mesh-pg-{os.getpid()}-{secrets.token_hex(3)}")
    os.environ[f"{FOLDER_VARIABLE}_OWNER"] = str(os.getpid())


def end_session() -> None:
    """Stop the server if one was started."""
    folder = _folder()
    supervisor = folder / "supervisor.pid"
    if supervisor.exists():
        number = int(supervisor.read_text())
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGTERM)
        deadline = time.monotonic() + 10
        while (folder / "data").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
    shutil.rmtree(folder, ignore_errors=True)


def url_of(database: str) -> str:
    """The registry URL of a database of the running server."""
    return f"postgresql://{USER}@/{database}?host={_folder()}"


@contextmanager
def fresh_database(*, migrated: bool) -> Iterator[str]:
    """URL of a new database, with the registry's tables or without any; it is dropped afterwards."""
    _ensure_server()
    name = f"t_{secrets.token_hex(6)}"
    _sql(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE if migrated else 'template0'}")
    try:
        yield url_of(name)
    finally:
        _sql(f"DROP DATABASE {name} WITH (FORCE)")


def _fastest_place() -> Path:
    """Memory where there is enough of it: making a database there takes 0.03 s instead of 0.4 s."""
    memory = Path("/dev/shm")
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 1 << 30:
        return memory
    return Path(tempfile.gettempdir())


def _folder() -> Path:
    return Path(os.environ[FOLDER_VARIABLE])


def _sql(statement: str) -> None:
    import psycopg

    with psycopg.connect(host=str(_folder()), user=USER, dbname="postgres", autocommit=True) as connection:
        connection.execute(statement)


def _ensure_server() -> None:
    folder = _folder()
    ready = folder / "ready"
    if ready.exists():
        return
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if ready.exists():
            return
        log = (folder / "log.txt").open("w")
        owner = os.environ[f"{FOLDER_VARIABLE}_OWNER"]
        subprocess.Popen([sys.executable, __file__, str(folder), owner], stdout=log, stderr=log, start_new_session=True)
        _wait_for_server(folder)
        _sql(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0")
        from mesh_workbench.registry import open_registry

        open_registry(url_of(TEMPLATE)).close()
        ready.touch()


def _wait_for_server(folder: Path) -> None:
    import psycopg

    deadline = time.monotonic() + 60
    while True:
        try:
            psycopg.connect(host=str(folder), user=USER, dbname="postgres").close()
            return
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise AssertionError((folder / "log.txt").read_text()) from None
            time.sleep(0.05)


def _supervise(folder: Path, owner: int) -> None:
    """Run the server until the session's first process is gone or asks for the end."""
    tools = binaries()
    assert tools, "PostgreSQL is not installed"
    ending: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: ending.append(number))
    (folder / "supervisor.pid").write_text(str(os.getpid()))
    # PostgreSQL refuses to run as root.
    person = unprivileged() if os.geteuid() == 0 else None
    if person is not None:
        os.chown(folder, person.pw_uid, person.pw_gid)
    as_person = {} if person is None else {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []}
    data = folder / "data"
    subprocess.run(
        [tools / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
        check=True,
        cwd=folder,
        **as_person,  # type: ignore[arg-type]
    )
    settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
    server = subprocess.Popen(
        [tools / "postgres", "-D", data, "-k", folder, *settings],
        cwd=folder,
        **as_person,  # type: ignore[arg-type]
    )
    while not ending and server.poll() is None and _alive(owner):
        time.sleep(0.1)
    with suppress(ProcessLookupError):
        server.send_signal(signal.SIGQUIT)
    server.wait()
    shutil.rmtree(folder, ignore_errors=True)


def unprivileged() -> pwd.struct_passwd:
    names = {person.pw_name: person for person in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    _supervise(Path(sys.argv[1]), int(sys.argv[2]))
