"""Frames of the notebook that a statement reads beside products: `FROM flight_ops.flights JOIN my_frame USING (…)`.

A name without a domain is a Python variable. Nothing else of the notebook can be reached from a statement.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from mesh_workbench.engine.place import pointing
from mesh_workbench.engine.relation import Relation
from mesh_workbench.errors import InvalidInput, MeshError
from mesh_workbench.storage.frames import as_table

if TYPE_CHECKING:
    import pyarrow

    from mesh_workbench.engine.names import NamedTable
    from mesh_workbench.engine.statement import Statement
    from mesh_workbench.model.query import ResolvedPort

_LIBRARIES = frozenset({"polars", "pandas", "pyarrow"})
_UNKNOWN = frozenset({"query.unknown-product", "run.undeclared-input"})


def frames_of(statement: Statement, variables: Mapping[str, object]) -> dict[str, pyarrow.Table | ResolvedPort]:
    """What the names without a domain stand for, as far as they are frames, results or relations among `variables`.

    Raises InvalidInput `frame.*` that points at the name of a frame which cannot be read.
    """
    found: dict[str, pyarrow.Table | ResolvedPort] = {}
    for name in statement.names:
        value = variables.get(name.text) if name.reference is None else None
        if name.text not in found and is_frame(value):
            found[name.text] = _rows(name, value)
    return found


def is_frame(value: object) -> bool:
    """Whether `value` has rows that a statement can read."""
    if isinstance(value, (Relation, list)):
        return isinstance(value, Relation) or (bool(value) and all(isinstance(row, dict) for row in value))
    if isinstance(value, type) or value is None:
        return False
    return type(value).__module__.partition(".")[0] in _LIBRARIES or hasattr(type(value), "__arrow_c_stream__")


def with_frames(error: MeshError, statement: Statement, variables: Mapping[str, object]) -> MeshError:
    """`error`, which also tells of frames when it says that a name without a domain is unknown."""
    name = next((one for one in statement.names if one.place and one.place.words == error.where), None)
    if error.code not in _UNKNOWN or name is None or name.reference is not None:
        return error
    if name.text in variables:
        kind = type(variables[name.text]).__name__
        told = f"The variable {name.text} is a {kind}, which has no rows."
    else:
        frames = [known for known, value in variables.items() if not known.startswith("_") and is_frame(value)]
        close = difflib.get_close_matches(name.text, frames, n=1)
        told = f"Or did you mean your frame {close[0]}?" if close else ""
        if close and "Did you mean" not in error.hint:
            error.hint, told = "", f"Did you mean your frame {close[0]}?"
    error.hint = f"{error.hint} {told}".strip()
    return error


def _rows(name: NamedTable, value: object) -> pyarrow.Table | ResolvedPort:
    try:
        if isinstance(value, Relation):
            return value.port if value.whole else value.arrow()
        pyarrow = sys.modules.get("pyarrow")
        if pyarrow is not None and isinstance(value, pyarrow.RecordBatchReader):
            raise InvalidInput(
                "frame.unsupported",
                f"{name.text} is a stream, which can be read only once.",
                hint=f"Read it first: {name.text} = {name.text}.read_all()",
            )
        return as_table(value)
    except MeshError as error:
        raise pointing(type(error), error.code, error.message, name.place, hint=error.hint) from error
