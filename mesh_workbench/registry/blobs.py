"""Content-addressed bytes."""

from __future__ import annotations

from sqlalchemy import select

from mesh_workbench.errors import NotFound
from mesh_workbench.model.base import now
from mesh_workbench.model.content import digest_of
from mesh_workbench.registry.repository import Repository
from mesh_workbench.registry.tables.blob import blobs


class Blobs(Repository):
    """Contracts and notebooks, verbatim; equal bytes are kept once and never change."""

    def put(self, content: bytes) -> str:
        """Keep `content` and return its digest."""
        digest = digest_of(content)
        row = {"digest": digest, "size": len(content), "created": now(), "content": content}
        with self._db.write() as connection:
            self._db.insert_new(connection, blobs, row)
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes of `digest`. Raises NotFound `blob.not-found`."""
        with self._db.read() as connection:
            content = connection.execute(select(blobs.c.content).where(blobs.c.digest == digest)).scalar()
        if content is None:
            raise NotFound("blob.not-found", f"Nothing is kept under {digest}.", hint="The digest may be shortened.")
        return bytes(content)
