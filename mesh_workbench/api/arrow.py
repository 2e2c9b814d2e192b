"""An answer as an Arrow IPC stream, piece by piece."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mesh_workbench.errors import MeshError

if TYPE_CHECKING:
    from mesh_workbench.model.query import Answer

MEDIA_TYPE = "application/vnd.apache.arrow.stream"
PROVENANCE = b"mesh.provenance"
"""Key of the schema's metadata under which the provenance travels, as JSON."""


class Pieces:
    """The bytes of an answer. `next` blocks: it is called in a thread."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._sink = _Sink()
        self._writer: Any = None
        self._schema: Any = None
        self._done = False

    def next(self) -> bytes | None:
        """The bytes of the next batch; None after the last."""
        import pyarrow

        if self._done:
            return None
        reader = self._answer.reader
        if self._writer is None:
            metadata = {**(reader.schema.metadata or {}), PROVENANCE: self._answer.provenance.model_dump_json()}
            self._schema = reader.schema.with_metadata(metadata)
            self._writer = pyarrow.ipc.new_stream(pyarrow.PythonFile(self._sink, mode="w"), self._schema)
        try:
            batch = reader.read_next_batch()
        except StopIteration:
            self._writer.close()
            self._done = True
        except MeshError:
            self._done = True
            raise
        else:
            self._writer.write_batch(batch.replace_schema_metadata(self._schema.metadata))
        return self._sink.take()

    def cancel(self) -> None:
        """Stop what is still being computed; harmless after the last piece. May be called from any thread."""
        if not self._done:
            self._answer.cancel()


class _Sink:
    """A file that is only written, and emptied by `take`."""

    closed = False

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._position = 0

    def write(self, data: Any) -> int:
        part = bytes(data)
        self._parts.append(part)
        self._position += len(part)
        return len(part)

    def tell(self) -> int:
        return self._position

    def flush(self) -> None:
        """Nothing waits anywhere."""

    def close(self) -> None:
        self.closed = True

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def take(self) -> bytes:
        data = b"".join(self._parts)
        self._parts.clear()
        return data
