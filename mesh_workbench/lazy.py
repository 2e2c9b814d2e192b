"""Parts of a whole that are imported when they are first asked for, so that a first query loads only what it needs."""

from __future__ import annotations

import gc
import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["importing", "part"]


@contextmanager
def importing() -> Iterator[None]:
    """Import much at once without a search for garbage: there is none, and the searches took a tenth of the time."""
    searching = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searching:
            gc.enable()


def part(home: str, of: str) -> Any:
    """A part of the class in whose body it stands, which also tells its type: `name: Type = part("module:Type", "…")`.

    `home` is the module and the class in it, which is made of the attribute `of` of the whole, once.
    """
    return _Part(home, of)


class _Part:
    """Not a data descriptor: what it puts into the instance is found there from then on."""

    def __init__(self, home: str, of: str) -> None:
        self._home = home
        self._of = of

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, whole: Any, owner: type | None = None) -> Any:
        if whole is None:
            return self
        module, _, kind = self._home.partition(":")
        made = getattr(importlib.import_module(module), kind)(getattr(whole, self._of))
        # Two threads may make one each: all shall go on with the same.
        return vars(whole).setdefault(self._name, made)
