"""Frames of the asker's own, joined with products: for one statement, in a session that stays locked.

A name without a domain never names a product, so that is how a statement names a frame; a common table expression of
that name comes first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mesh_workbench.engine.place import pointing
from mesh_workbench.errors import InvalidInput
from mesh_workbench.model.query import LocalSource

if TYPE_CHECKING:
    import pyarrow

    from mesh_workbench.engine.names import NamedTable
    from mesh_workbench.engine.statement import Statement
    from mesh_workbench.model.query import ResolvedPort


@dataclass(frozen=True)
class Frame:
    """Rows that the asker has in memory, under the name that the statement gives them."""

    name: str
    table: pyarrow.Table

    @property
    def relation(self) -> str:
        """What it is called in the session. No view of a release is called like that."""
        return f"#{self.name}"

    @property
    def source(self) -> LocalSource:
        return LocalSource(name=self.name, rows=self.table.num_rows)


def locals_of(
    statement: Statement, frames: Mapping[str, pyarrow.Table | ResolvedPort]
) -> list[Frame | ResolvedPort | None]:
    """For each name of the statement the frame, or the release, that it stands for among `frames`; else None.

    Raises InvalidInput `query.bad-time` for a frame that is asked for at a time.
    """
    import pyarrow

    found: list[Frame | ResolvedPort | None] = []
    for name in statement.names:
        given = frames.get(name.text) if name.reference is None else None
        if given is not None and not name.plain:
            raise pointing(
                InvalidInput,
                "query.bad-time",
                f"{name.text} is a variable, which has neither releases nor slots.",
                name.place,
                hint="Leave out AT (…).",
            )
        if isinstance(given, pyarrow.Table):
            _check_types(name, given)
        found.append(Frame(name.text, given) if isinstance(given, pyarrow.Table) else given)
    return found


def _check_types(name: NamedTable, table: pyarrow.Table) -> None:
    from pyarrow import types

    for field in table.schema:
        if types.is_float16(field.type) or types.is_decimal256(field.type):
            raise pointing(
                InvalidInput,
                "frame.unsupported-type",
                f'Column "{field.name}" of {name.text} is of type {field.type}, which SQL does not know.',
                name.place,
                hint="Cast it first, for example to a double.",
            )
