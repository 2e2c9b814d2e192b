"""Columns of what a statement reads, by the names that are written: of products, and of frames of the notebook."""

from __future__ import annotations

from collections.abc import Sequence

from mesh_workbench.discovery.completion.names import KnownProduct, Names
from mesh_workbench.engine.draft.scope import Field, Source
from mesh_workbench.errors import InvalidInput
from mesh_workbench.model.completion import Completion, Mark, Variable
from mesh_workbench.model.names import PortName
from mesh_workbench.model.product import Column, PortDetail


class Columns:
    """The columns behind names, looked up once a question."""

    def __init__(self, names: Names, variables: Sequence[Variable]) -> None:
        self._names = names
        self._frames = {one.name: one.columns or [] for one in variables if one.columns is not None}

    def of(self, written: str) -> list[Field]:
        """The columns of a product or a frame; none of what is not known."""
        if "." not in written:
            return [Field(name) for name in self._frames.get(written, [])]
        known, port = self.port(written)
        if known is None or port is None:
            return []
        of = f"{known.product.full_name}.{port.name}"
        return [Field(column.name, shown_type(column), of, column.name) for column in port.columns]

    def product(self, written: str) -> KnownProduct | None:
        """The product that a name means, if there is one."""
        return self.port(written)[0]

    def port(self, written: str) -> tuple[KnownProduct | None, PortDetail | None]:
        """The product and port that a name means."""
        try:
            name = PortName.parse(written.lower().partition("@")[0])
        except InvalidInput:
            return None, None
        known = self._names.current().products.get(str(name.product_name))
        if known is None:
            return None, None
        ports = self._names.ports(known)
        return known, next((one for one in ports if name.port in (None, one.name)), None)

    def column(self, field: Field) -> Column | None:
        """What the contract and the release say of a field that is a product's column."""
        _, port = self.port(field.of) if field.column else (None, None)
        return next((one for one in port.columns if one.name == field.column), None) if port else None

    def completion(self, field: Field, source: Source) -> Completion:
        """The field as something to write."""
        column = self.column(field)
        return Completion(
            text=written(field.name),
            kind="column",
            type=field.type,
            description=column.description if column else "",
            of=source.reference or source.alias,
            marks=column_marks(column) if column else [],
        )


def shown_type(column: Column) -> str:
    """The type by which the data are read, else the one of the contract."""
    return column.physical_type or column.type


def column_marks(column: Column) -> list[Mark]:
    """What the contract says of a column."""
    found = []
    if column.primary_key:
        found.append(Mark(code="key", level="good"))
    elif column.required:
        found.append(Mark(code="required", level="good"))
    if column.classification:
        found.append(Mark(code="classified", values=[column.classification]))
    return found


def written(name: str) -> str:
    """The name as SQL writes it."""
    plain = name.isidentifier() and name.isascii()
    return name if plain else '"' + name.replace('"', '""') + '"'
