"""Errors of ours without a Python traceback: what is wrong, where, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mesh_workbench.engine.place import caret
from mesh_workbench.errors import MeshError


@contextmanager
def plain_errors() -> Iterator[None]:
    """Errors that leave the block are shown as a short text by IPython, in a notebook and on a terminal.

    They stay the errors that they are: the cell fails, and a run of the notebook stops.
    """
    try:
        yield
    except (MeshError, KeyboardInterrupt) as error:
        lines = as_lines(error) if isinstance(error, MeshError) else ["Interrupted. Nothing was changed."]
        # IPython asks an exception by this name how it wants to be shown.
        error._render_traceback_ = lambda: lines  # type: ignore[union-attr]
        raise


def as_lines(error: MeshError) -> list[str]:
    """The statement's line with carets under the wrong word, else message and hint; then the code."""
    pointed = caret(error)
    text = pointed if pointed is not None else f"{error.message} {error.hint}".rstrip()
    return [*text.split("\n"), f"[{error.code}]"]
