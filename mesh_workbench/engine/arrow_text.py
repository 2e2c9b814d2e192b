"""Arrow schemas as text, the way values of the model carry them."""

from __future__ import annotations

import base64
import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow


@functools.lru_cache(maxsize=256)
def decode_schema(text: str) -> pyarrow.Schema:
    """The schema in `text` (IPC-serialised, base64)."""
    import pyarrow as pa

    return pa.ipc.read_schema(pa.py_buffer(base64.b64decode(text)))


def encode_schema(schema: pyarrow.Schema) -> str:
    """`schema` IPC-serialised, in base64."""
    return base64.b64encode(schema.serialize().to_pybytes()).decode("ascii")
