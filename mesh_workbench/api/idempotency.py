"""Idempotency keys: a request that is sent twice because the answer was lost is done once."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import Header
from pydantic import BaseModel

from mesh_workbench.errors import InvalidInput
from mesh_workbench.model.identity import Identity

Answer = TypeVar("Answer")

IdempotencyKey = Annotated[
    str | None,
    Header(min_length=1, max_length=200, description="Made by the client; the same key is done once."),
]


def key_of(identity: Identity, key: str | None) -> str | None:
    """The key as it is remembered: nobody can replay somebody else's request."""
    return None if key is None else f"{identity.name}:{key}"


class Replays:
    """Answers to remember, the newest `size` of them, in this process.

    Enough for promotions, where a second promotion of the same notebook changes nothing anyhow; runs are remembered
    by the registry.
    """

    def __init__(self, size: int = 500) -> None:
        self._size = size
        self._known: OrderedDict[str, _Entry] = OrderedDict()
        self._lock = threading.Lock()

    def once(self, key: str | None, body: BaseModel, act: Callable[[], Answer]) -> Answer:
        """What `act` answers; for a known key what it answered then. Callers with the same key wait for the first.

        An error is not remembered: the same request may be tried again. Raises InvalidInput
        `request.key-reused` when the key came with another body.
        """
        if key is None:
            return act()
        digest = hashlib.sha256(body.model_dump_json().encode("utf-8", "surrogatepass")).hexdigest()
        with self._lock:
            entry = self._known.setdefault(key, _Entry(digest))
            self._known.move_to_end(key)
            while len(self._known) > self._size:
                self._known.popitem(last=False)
        if entry.digest != digest:
            raise InvalidInput(
                "request.key-reused",
                "This idempotency key was used for another request.",
                hint="Make a new key for each thing that you want done.",
                where="header.idempotency-key",
            )
        with entry.lock:
            if not entry.answered:
                entry.answer = act()
                entry.answered = True
            answer: Answer = entry.answer
            return answer


class _Entry:
    def __init__(self, digest: str) -> None:
        self.digest = digest
        self.lock = threading.Lock()
        self.answered = False
        self.answer: Any = None
