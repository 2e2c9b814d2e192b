"""Putting relations where a statement names products, by editing its text.

The rest of the text stays as it was written: DuckDB gives the same meaning, the same column names and, counted back
through the edits, errors at the right place. That the edited text does nothing else is what `guard` verifies, with
DuckDB's own parser.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import sqlglot
from sqlglot import exp

from mesh_workbench.engine.names import last_name, parts_place, product_tables, table_place, written_name
from mesh_workbench.engine.place import Place, pointing
from mesh_workbench.errors import Broken, InvalidInput


@dataclass(frozen=True)
class Edit:
    """Replace `start` to `end` of the original by `text`; `shown` is what stands there now for a reader."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Compiled:
    """SQL as DuckDB gets it, the parameters that it needs, and how it was made from the original."""

    sql: str
    parameters: tuple[str, ...]
    original: str
    edits: tuple[Edit, ...]

    def place(self, start: int, length: int) -> Place | None:
        """Where a stretch of `sql` stands in the original; None when it is not from there."""
        begin, end = self._back(start), self._back(start + max(length, 1))
        return Place(self.original, begin, end) if 0 <= begin < end <= len(self.original) else None

    def _back(self, offset: int) -> int:
        shift = 0
        for edit in self.edits:
            begin = edit.start + shift
            if offset <= begin:
                break
            if offset < begin + len(edit.text):
                return edit.start
            shift += len(edit.text) - (edit.end - edit.start)
        return offset - shift


@dataclass(frozen=True)
class Slot:
    """Where one product name stands: its text up to and including its AT clause, and the alias to give it."""

    start: int
    end: int
    alias: str | None


def slots(tree: exp.Expr, text: str) -> tuple[tuple[Slot, ...], tuple[Edit, ...]]:
    """The places of product names in the order of the text, and the edits that shorten qualified columns.

    `flight_ops.flights.carrier` becomes `flights.carrier`, because that is what the relation is called there.
    """
    tables = product_tables(tree)
    aliases = {id(table): None if table.alias else _alias(table) for table in tables}
    times = _time_clauses(text) if any(table.args.get("when") for table in tables) else {}
    places = []
    for table in tables:
        place = table_place(table, text)
        if place is None:
            raise Broken("query.lost-name", f"The place of {written_name(table)} in the statement is not known.")
        end = times.get(place.end, place.end)
        if table.args.get("when") and end == place.end:
            raise pointing(
                InvalidInput, "query.bad-time", "AT (…) stands right after the name, before an alias.", place
            )
        places.append(Slot(place.start, end, aliases[id(table)]))
    columns = [edit for column in tree.find_all(exp.Column) if (edit := _shortened(column, tables, aliases, text))]
    return tuple(places), tuple(columns)


def compiled(
    text: str,
    places: Sequence[Slot],
    columns: Sequence[Edit],
    relations: Sequence[str],
    parameters: tuple[str, ...],
    *,
    limit: int | None,
) -> Compiled:
    """The text with the n-th name replaced by the n-th of `relations`, and LIMIT at its end when one is given."""
    edits = [
        Edit(place.start, place.end, _quoted(relation) + (f" AS {_quoted(place.alias)}" if place.alias else ""))
        for place, relation in zip(places, relations, strict=True)
    ]
    edits = sorted([*edits, *columns], key=lambda edit: edit.start)
    pieces, at = [], 0
    for edit in edits:
        pieces += [text[at : edit.start], edit.text]
        at = edit.end
    pieces.append(text[at:])
    if limit is not None:
        pieces.append(f"\nLIMIT {int(limit)}")
    return Compiled("".join(pieces), parameters, text, tuple(edits))


def _alias(table: exp.Table) -> str:
    """The last part of the name, or the whole name where another table beside it has the same last part."""
    select = table.parent_select
    beside = [other for other in select.find_all(exp.Table) if other.parent_select is select] if select else [table]
    names = Counter(other.alias.lower() or last_name(other) for other in beside)
    return last_name(table) if names[last_name(table)] == 1 else written_name(table).lower()


def _shortened(
    column: exp.Column, tables: Sequence[exp.Table], aliases: dict[int, str | None], text: str
) -> Edit | None:
    qualifiers = [part for name in ("catalog", "db", "table") if (part := column.args.get(name))]
    written = ".".join(part.name for part in qualifiers).lower()
    if not written:
        return None
    # The innermost SELECT around the column that reads a table of this name is the one that is meant.
    candidates = {id(table.parent_select): table for table in tables if written_name(table).lower() == written}
    select = column.parent_select
    while select is not None and id(select) not in candidates:
        select = select.parent_select
    alias = aliases[id(candidates[id(select)])] if select is not None else None
    place = parts_place(qualifiers, text)
    if alias is None or place is None or [alias] == [part.name.lower() for part in qualifiers]:
        return None
    return Edit(place.start, place.end, _quoted(alias))


def _time_clauses(text: str) -> dict[int, int]:
    """End of each token that an AT clause follows, to the end of that clause."""
    tokens = sqlglot.tokenize(text, read="duckdb")
    found = {}
    for index in range(len(tokens) - 2):
        if tokens[index + 1].text.upper() == "AT" and tokens[index + 2].text == "(":
            depth, last = 0, index + 2
            for last in range(index + 2, len(tokens)):
                depth += {"(": 1, ")": -1}.get(tokens[last].text, 0)
                if depth == 0:
                    break
            found[tokens[index].end + 1] = tokens[last].end + 1
    return found


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
