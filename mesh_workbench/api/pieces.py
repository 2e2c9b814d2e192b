"""An answer as bytes of some format, piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mesh_workbench.errors import MeshError, Unavailable

if TYPE_CHECKING:
    from mesh_workbench.engine.formats import Format
    from mesh_workbench.model.query import Answer

PROVENANCE = b"mesh.provenance"
"""Key of the schema's metadata under which the provenance travels, as JSON, in Arrow and Parquet."""


class Pieces:
    """The bytes of an answer. `next` blocks: it is called in a thread."""

    def __init__(self, answer: Answer, form: Format) -> None:
        self._pieces: Iterator[bytes] | None = _written(answer, form)
        self._stop = answer.cancel
        self._cancelled = False

    def next(self) -> bytes | None:
        """The bytes of the next batch; None after the last."""
        pieces = self._pieces
        if self._cancelled:
            raise Unavailable("query.cancelled", "The answer was cut off.", hint="Ask again, for fewer rows at a time.")
        if pieces is None:
            return None
        try:
            piece = next(pieces, None)
        except MeshError:
            self._pieces = None
            raise
        if piece is None:
            self._pieces = None
        return piece

    def cancel(self) -> None:
        """Stop what is still being computed; harmless after the last piece. May be called from any thread.

        The answer is let go, and with it what the engine holds for it.
        """
        if self._pieces is not None:
            self._pieces, self._cancelled = None, True
            self._stop()


def _written(answer: Answer, form: Format) -> Iterator[bytes]:
    from mesh_workbench.engine.formats import Sink

    sink = Sink()
    reader = answer.reader
    metadata = {**(reader.schema.metadata or {}), PROVENANCE: answer.provenance.model_dump_json()}
    schema = reader.schema.with_metadata(metadata)
    writer = form.open(sink, schema)
    for batch in reader:
        writer.write_batch(batch.replace_schema_metadata(schema.metadata))
        yield sink.take()
    writer.close()
    yield sink.take()
