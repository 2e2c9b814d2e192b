"""What is known of a relation: for each column the parts that it is made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mesh_workbench.model.lineage import ColumnLineage, ColumnSource, Confidence, TableLineage, Transformation

_RANK = {kind: rank for rank, kind in enumerate(("identity", "cast", "expression", "window", "aggregate", "unknown"))}
_SURE = [Confidence.POSSIBLE, Confidence.LIKELY, Confidence.CERTAIN]

Key = tuple[str, str | None]
"""A port and a column of it; None for its rows, or all of it."""


@dataclass(frozen=True)
class Way:
    """How a value came from a column: the strongest step, and how surely."""

    kind: Transformation
    confidence: Confidence = Confidence.CERTAIN

    def through(self, kind: Transformation, confidence: Confidence = Confidence.CERTAIN) -> Way:
        """The same way and one step more."""
        unsure = min(self.confidence, confidence, key=_SURE.index)
        if Transformation.INDIRECT in (self.kind, kind):
            return Way(Transformation.INDIRECT, unsure)
        return Way(max(self.kind, kind, key=lambda one: _RANK[one]), unsure)

    def beside(self, other: Way) -> Way:
        """This way and another one from the same column: the stronger step, and it is as sure as the surer one."""
        sure = max(self.confidence, other.confidence, key=_SURE.index)
        if self.kind is Transformation.INDIRECT:
            return Way(other.kind, sure)
        return Way(self.kind if other.kind is Transformation.INDIRECT else self.through(other.kind).kind, sure)


Parts = Mapping[Key, Way]
NOTHING: Parts = {}


def merged(several: Iterable[Parts]) -> Parts:
    found: dict[Key, Way] = {}
    for parts in several:
        for key, way in parts.items():
            before = found.get(key)
            found[key] = way if before is None else before.beside(way)
    return found


def through(parts: Parts, kind: Transformation, confidence: Confidence = Confidence.CERTAIN) -> Parts:
    return {key: way.through(kind, confidence) for key, way in parts.items()}


@dataclass(frozen=True)
class TracedColumn:
    name: str
    parts: Parts


@dataclass(frozen=True)
class Traced:
    """A relation. `whole` stands for all of it where single columns are not known, and for the number of its rows.

    An `open` relation has columns beside `columns` that nobody knows; when it is a port, `port` names it.
    """

    columns: tuple[TracedColumn, ...] = ()
    influences: Parts = field(default_factory=dict)
    whole: Parts = field(default_factory=dict)
    open: bool = False
    port: str = ""

    def named(self, name: str) -> Parts | None:
        """The parts of the column of that name; None when there is no such column for sure, or nobody knows."""
        return next((column.parts for column in self.columns if column.name.lower() == name.lower()), None)

    def guessed(self, name: str) -> Parts:
        """The parts of a column of that name, which an open relation may have."""
        if self.port:
            return {(self.port, name): Way(Transformation.IDENTITY, Confidence.LIKELY)}
        return through(self.whole, Transformation.UNKNOWN, Confidence.POSSIBLE)

    def all(self) -> Parts:
        """What all of its columns are made from."""
        rest = [through(self.whole, Transformation.UNKNOWN, Confidence.POSSIBLE)] if self.open else []
        return merged([column.parts for column in self.columns] + rest)

    def renamed(self, names: Sequence[str]) -> Traced:
        """The same, its first columns called otherwise."""
        if not names:
            return self
        columns = [
            TracedColumn(names[index], column.parts) if index < len(names) else column
            for index, column in enumerate(self.columns)
        ]
        if self.open:
            rest = through(self.whole, Transformation.UNKNOWN, Confidence.POSSIBLE)
            columns += [TracedColumn(name, rest) for name in names[len(columns) :]]
        return replace(self, columns=tuple(columns))


def of_port(port: str, columns: Sequence[str] | None) -> Traced:
    """A port (domain.product.port) with its columns; None when they are not known."""
    whole: Parts = {(port, None): Way(Transformation.IDENTITY)}
    made = tuple(TracedColumn(name, {(port, name): Way(Transformation.IDENTITY)}) for name in columns or ())
    return Traced(made, {}, whole, open=columns is None, port=port)


def lineage_of(traced: Traced) -> TableLineage:
    """The same as a value, in the order of the columns; what is taken over under another name is `renamed`."""
    return TableLineage(
        columns=[
            ColumnLineage(column=column.name, sources=_sources(column.parts, column.name)) for column in traced.columns
        ],
        influences=_sources(traced.influences, ""),
        complete=not traced.open,
    )


def _sources(parts: Parts, name: str) -> list[ColumnSource]:
    return [
        ColumnSource(
            port=port,
            column=column,
            kind=_kind(way.kind, column, name),
            confidence=way.confidence,
        )
        for (port, column), way in sorted(parts.items(), key=lambda item: (item[0][0], item[0][1] or ""))
    ]


def _kind(kind: Transformation, column: str | None, name: str) -> Transformation:
    if kind is not Transformation.IDENTITY:
        return kind
    if column is None:
        return Transformation.UNKNOWN
    return kind if column.lower() == name.lower() else Transformation.RENAMED
