"""A PostgreSQL server of one's own, which may be killed: it is started again on the same data."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psutil
import psycopg

from tests import postgres

_SETTINGS = {"listen_addresses": "", "fsync": "off", "max_connections": "80"}
"""Killing processes loses nothing that was given to the operating system, so nothing has to be synced; but a commit
must have been given to it, so commits stay synchronous."""


class Server:
    """A server in `folder`, on a Unix socket, whose processes have `environment` beside ours. `url` is that of its
    registry."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        tools = postgres.binaries()
        assert tools is not None, "PostgreSQL is not installed"
        self._environment = {**os.environ, **environment}
        self._tools, self._folder, self._data = tools, folder, folder / "data"
        folder.mkdir(parents=True)
        person = postgres.unprivileged() if os.geteuid() == 0 else None
        if person is not None:
            os.chown(folder, person.pw_uid, person.pw_gid)
        self._as_person = {} if person is None else {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []}
        initdb = [tools / "initdb", "-D", self._data, "-U", postgres.USER, "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run(initdb, check=True, cwd=folder, stdout=subprocess.DEVNULL, **self._as_person)  # type: ignore[call-overload]
        self.start()
        with self.connect("postgres") as connection:
            connection.execute("CREATE DATABASE mesh TEMPLATE template0")
        self.url = f"postgresql://{postgres.USER}@/mesh?host={folder}"

    def start(self) -> None:
        """Start it, and wait until it answers; a killed one recovers first."""
        settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        deadline = time.monotonic() + 60
        while True:
            with (self._folder / "server.log").open("a") as log:
                self._process = subprocess.Popen(
                    [self._tools / "postgres", "-D", self._data, "-k", self._folder, *settings],
                    cwd=self._folder,
                    stdout=log,
                    stderr=log,
                    env=self._environment,
                    **self._as_person,  # type: ignore[call-overload]
                )
            while self._process.poll() is None:
                try:
                    self.connect("postgres").close()
                    return
                except psycopg.OperationalError:
                    assert time.monotonic() < deadline, (self._folder / "server.log").read_text()[-2000:]
                    time.sleep(0.05)
            # what a killed one shared is in use until the last of its processes has noticed
            assert time.monotonic() < deadline, (self._folder / "server.log").read_text()[-2000:]
            time.sleep(0.1)

    def connect(self, database: str = "mesh") -> psycopg.Connection:
        return psycopg.connect(host=str(self._folder), user=postgres.USER, dbname=database, autocommit=True)

    def processes(self) -> list[psutil.Process]:
        """The server's processes, the one that starts all others first."""
        first = psutil.Process(self._process.pid)
        return [first, *first.children(recursive=True)]

    def kill(self) -> None:
        """SIGKILL to the first process; the others notice by themselves."""
        self._process.kill()
        self._process.wait()

    def set(self, name: str, value: str) -> None:
        """Change a setting for everybody, at once."""
        with self.connect("postgres") as connection:
            connection.execute("SET default_transaction_read_only = off")
            connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
            connection.execute("SELECT pg_reload_conf()")

    def close(self, *, keep: bool = False) -> None:
        self._process.send_signal(signal.SIGINT)
        self._process.wait()
        if not keep:
            shutil.rmtree(self._folder, ignore_errors=True)
