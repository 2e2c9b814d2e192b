"""A real S3 for the tests: moto's server in a process of its own, told by the variables that the tools of S3 use."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

ACCESS_KEY, SECRET_KEY = "AKIAFORTESTSONLY0000", "a-secret-that-opens-nothing"


@dataclass(frozen=True)
class ObjectStore:
    """A running server. `environment` is what a process needs to reach it."""

    endpoint: str

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_REGION": "us-east-1",
            "AWS_ALLOW_HTTP": "true",
        }

    def bucket(self) -> str:
        """The URL of a new bucket, `s3://name`."""
        name = f"lake-{secrets.token_hex(4)}"
        self._client().create_bucket(Bucket=name)
        return f"s3://{name}"

    def put(self, folder: Path, url: str) -> str:
        """Copy a folder with all that is in it to `url`."""
        bucket, _, key = url.removeprefix("s3://").partition("/")
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                name = "/".join(part for part in (key, *file.relative_to(folder).parts) if part)
                self._client().put_object(Bucket=bucket, Key=name, Body=file.read_bytes())
        return url

    def delete(self, url: str) -> None:
        bucket, _, key = url.removeprefix("s3://").partition("/")
        self._client().delete_object(Bucket=bucket, Key=key)

    @contextlib.contextmanager
    def strict(self) -> Iterator[None]:
        """Nobody is known, and everybody refused, as long as this lasts."""
        self._post("/moto-api/reset-auth", b"0")
        try:
            yield
        finally:
            self._post("/moto-api/reset-auth", b"inf")

    def _client(self) -> Any:
        import boto3

        return boto3.client(
            "s3", endpoint_url=self.endpoint, region_name="us-east-1",
            aws_access_key_id=ACCESS_KEY, aws_secret_access_key=SECRET_KEY,
        )  # fmt: skip

    def _post(self, path: str, body: bytes) -> None:
        plain = {"Content-Type": "text/plain"}
        with urlopen(Request(self.endpoint + path, data=body, headers=plain, method="POST")) as answer:
            answer.read()


@contextlib.contextmanager
def object_store(log: Path) -> Iterator[ObjectStore]:
    """A server that lasts as long as the context."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
            stdout=output, stderr=output, env={**os.environ, "NO_COLOR": "1"},
        )  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        yield ObjectStore(f"http://127.0.0.1:{port}")
    finally:
        server.terminate()
        server.wait(10)
