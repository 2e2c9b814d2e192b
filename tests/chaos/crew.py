"""The workers of a world under fault: real processes of `mesh worker`, started again when they are gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from mesh_workbench.model.runfolder import RUN_FOLDER_VARIABLE


class Crew:
    """`size` workers of the workbench in `root`; what they print goes to `logs`."""

    def __init__(self, root: Path, logs: Path, environment: dict[str, str], size: int = 2) -> None:
        self._root, self._logs, self._size = root, logs, size
        self.environment = environment
        self._workers: list[subprocess.Popen[bytes]] = []
        self._started = 0

    def start(self) -> None:
        """Start as many as are missing."""
        self._workers = [worker for worker in self._workers if worker.poll() is None]
        while len(self._workers) < self._size:
            self._started += 1
            with (self._logs / f"worker-{self._started}.log").open("wb") as log:
                command = [sys.executable, "-m", "mesh_workbench", "worker", "--service"]
                self._workers.append(
                    subprocess.Popen(command, cwd=self._root, env=self.environment, stdout=log, stderr=log)
                )

    @property
    def pids(self) -> list[int]:
        """Numbers of the workers that are alive."""
        return [worker.pid for worker in self._workers if worker.poll() is None]

    def kill(self, pid: int | None = None) -> None:
        """SIGKILL to one, or to all at once."""
        chosen = [worker for worker in self._workers if pid in (None, worker.pid)]
        for worker in chosen:
            worker.kill()
        for worker in chosen:
            worker.wait()

    def kernels(self, within_s: float = 0.0) -> list[psutil.Process]:
        """Processes of runs; waits a while for the first."""
        deadline = time.monotonic() + within_s
        while True:
            found = [*self._of_runs()]
            if found or time.monotonic() > deadline:
                return found
            time.sleep(0.02)

    def stop(self) -> None:
        """Ask all to end, and see to it."""
        for worker in self._workers:
            if worker.poll() is None:
                worker.send_signal(signal.SIGCONT)
                worker.terminate()
        for worker in self._workers:
            try:
                worker.wait(30)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()

    def _of_runs(self) -> Iterator[psutil.Process]:
        for process in psutil.process_iter():
            try:
                folder = process.environ().get(RUN_FOLDER_VARIABLE, "")
            except psutil.Error:
                continue
            if folder.startswith(str(self._root)) and process.pid != os.getpid():
                yield process
