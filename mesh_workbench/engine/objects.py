"""Objects on object storage, read by URL with the credentials that the environment names.

- Delta's own library reaches S3, Azure and Google alike. It takes endpoint, keys and region from the variables that
  the tools of each cloud use, so no credential is ever given to us.
- An object is read in pieces, from several threads at once. A reader of that library serves one thread at a time, so
  each piece opens its own, which asks nothing of the storage where the object's size is known.
- What goes wrong beneath is remembered: who reads through DuckDB is told only that some Python failed.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mesh_workbench.engine.object_faults import translate
from mesh_workbench.errors import InvalidInput, MeshError

if TYPE_CHECKING:
    from deltalake.fs import DeltaStorageHandler

SCHEMES = ("s3", "s3a", "az", "azure", "adl", "abfs", "abfss", "gs", "gcs")
PATIENCE = {"max_retries": "4", "retry_timeout": "60s", "connect_timeout": "5s", "timeout": "60s"}
"""How the library waits and tries again, in its own words. Left alone it tries for three minutes."""


def is_url(name: str) -> bool:
    return "://" in name


def split(url: str) -> tuple[str, str]:
    """The root of a URL (bucket or container, with a slash at its end) and the key beneath, without one.

    Raises InvalidInput `objects.scheme`, `objects.no-name` and `objects.credentials`.
    """
    scheme, _, rest = url.partition("://")
    name, _, key = rest.partition("/")
    if scheme not in SCHEMES:
        raise InvalidInput(
            "objects.scheme",
            f"Nothing here reads {scheme}:// addresses.",
            hint=f"These are read: {', '.join(SCHEMES)}. Write a local file as a plain path.",
        )
    if ":" in name or (scheme not in ("abfs", "abfss") and "@" in name):
        raise InvalidInput(
            "objects.credentials",
            "The address holds credentials, or a port.",
            hint="Leave them out: keys and endpoint come from the environment, for S3 from AWS_ACCESS_KEY_ID, "
            "AWS_SECRET_ACCESS_KEY and AWS_ENDPOINT_URL.",
        )
    if not name:
        raise InvalidInput(
            "objects.no-name",
            f"{url} names no bucket.",
            hint=f"Write {scheme}://bucket/folder.",
        )
    return f"{scheme}://{name}/", key.rstrip("/")


@dataclass
class Objects:
    """Everything that is read from object storage during one check. Nothing is opened before it is asked for.

    `place` is what a person named; `failure` is the first thing that went wrong.
    """

    place: str = ""
    failure: MeshError | None = None
    _sizes: dict[str, int] = field(default_factory=dict)
    _handlers: dict[str, DeltaStorageHandler] = field(default_factory=dict)

    def know(self, sizes: Mapping[str, int]) -> None:
        """Sizes in bytes by URL, where they are known ahead: asking for each would cost a request."""
        self._sizes |= sizes
        self._handlers.clear()  # the next ones are told

    def kind(self, url: str) -> str:
        """`file`, `folder` or `nothing`."""
        from pyarrow.fs import FileType

        root, key = split(url)
        with self._faults(url):
            info = self._handler(root).get_file_info([key])[0]
        if info.type == FileType.File:
            self.know({url: int(info.size)})
            return "file"
        return "folder" if info.type == FileType.Directory else "nothing"

    def files_in(self, url: str) -> list[str]:
        """URLs of the objects directly in a folder, sorted."""
        from pyarrow.fs import FileSelector, FileType

        root, key = split(url)
        with self._faults(url):
            found = self._handler(root).get_file_info_selector(FileSelector(key, allow_not_found=True))
        sizes = {root + info.path: int(info.size) for info in found if info.type == FileType.File}
        self.know(sizes)
        return sorted(sizes)

    def size(self, url: str) -> int:
        """Bytes of an object. Raises NotFound `objects.not-found`."""
        if url not in self._sizes:
            root, key = split(url)
            with self._faults(url):
                self._sizes[url] = int(self._handler(root).open_input_file(key).size())
        return self._sizes[url]

    def open(self, url: str) -> ObjectFile:
        """The object, to be read from any place in it."""
        return ObjectFile(self, url)

    def read(self, url: str, start: int, size: int) -> bytes:
        """Some bytes of an object, from any thread."""
        root, key = split(url)
        with self._faults(url):
            reader = self._handler(root).open_input_file(key)
            reader.seek(start)
            return bytes(reader.read(size))

    def _handler(self, root: str) -> DeltaStorageHandler:
        from deltalake.fs import DeltaStorageHandler

        if root not in self._handlers:
            sizes = {url.removeprefix(root): size for url, size in self._sizes.items() if url.startswith(root)}
            self._handlers[root] = DeltaStorageHandler(root, options=PATIENCE, known_sizes=sizes)
        return self._handlers[root]

    def remembering(self) -> AbstractContextManager[None]:
        """Raises what another library complains about while it reads `place`, in our words, and remembers it."""
        return self._faults(self.place) if self.place else nullcontext()

    @contextmanager
    def _faults(self, url: str) -> Iterator[None]:
        try:
            with translated(url):
                yield
        except MeshError as error:
            self.failure = self.failure or error
            raise


def opened(file: str, objects: Objects) -> str | ObjectFile:
    """What pyarrow reads `file` from: its path, or the object of that URL."""
    return objects.open(file) if is_url(file) else file


@contextmanager
def translated(url: str) -> Iterator[None]:
    """Raises what goes wrong inside, while `url` is read, as `object_faults.translate` says."""
    try:
        yield
    except OSError as error:
        raise translate(error, url) from error


class ObjectFile:
    """One object as a file that is read. Each thread has its own place in it, because DuckDB seeks and reads in two
    calls, and several threads do so with the same file.
    """

    def __init__(self, objects: Objects, url: str) -> None:
        self._objects, self._url = objects, url
        self._size = objects.size(url)
        self._places: dict[int, int] = {}
        self.closed = False

    def read(self, size: int = -1) -> bytes:
        start = self.tell()
        size = max(0, min(size if size >= 0 else self._size, self._size - start))
        if not size:
            return b""
        found = self._objects.read(self._url, start, size)
        self._places[threading.get_ident()] = start + len(found)
        return found

    def seek(self, offset: int, whence: int = 0) -> int:
        place = offset + (0, self.tell(), self._size)[whence]
        self._places[threading.get_ident()] = place
        return place

    def tell(self) -> int:
        return self._places.get(threading.get_ident(), 0)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def writable(self) -> bool:
        return False

    def flush(self) -> None:
        """There is nothing to write."""

    def close(self) -> None:
        """The library lets go of its readers by itself; threads may still be reading."""
        self.closed = True
