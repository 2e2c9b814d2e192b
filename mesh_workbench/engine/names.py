"""Product names in the tree of a statement: which tables are names, where they stand, what times they ask for.

When it was published: AT (VERSION => 3), AT (TIMESTAMP => …). What it is about, alone or beside that:
AT (VERSION => {slot: '2013-01', release: 3}), the names being those of the arguments of `mesh.read`. DuckDB's grammar
has no other word than these two there, and neither has sqlglot's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlglot import exp

from mesh_workbench.engine.allow import place_of
from mesh_workbench.engine.place import Place, pointing
from mesh_workbench.errors import InvalidInput, did_you_mean
from mesh_workbench.model.names import PortName

TIMES = (
    "Write AT (TIMESTAMP => TIMESTAMP '2013-06-01'), AT (VERSION => 3), 3 being a release, or "
    "AT (VERSION => {slot: '2013-01'}) for what the data is about."
)
_MEMBERS = ("slot", "release", "as_of")


@dataclass(frozen=True)
class NamedTable:
    """One product name in a statement. `reference` is None for a name without a domain (`flights`)."""

    text: str
    reference: PortName | None
    place: Place | None
    at_release: exp.Expr | None = field(default=None, compare=False)
    at_moment: exp.Expr | None = field(default=None, compare=False)
    at_slot: exp.Expr | None = field(default=None, compare=False)

    @property
    def timed(self) -> bool:
        """Whether it says itself which release it means."""
        return self.at_release is not None or self.at_moment is not None

    @property
    def plain(self) -> bool:
        """Whether it says no time of either kind."""
        return not self.timed and self.at_slot is None

    @classmethod
    def of(cls, table: exp.Table, text: str) -> NamedTable:
        """The name of `table`. Raises InvalidInput `query.not-a-product` and `query.bad-time`."""
        written = written_name(table)
        place = table_place(table, text)
        times = _times(table, text)
        try:
            reference = PortName.parse(written.lower()) if "." in written else None
        except InvalidInput as error:
            raise pointing(
                InvalidInput,
                "query.not-a-product",
                f'"{written}" does not name something to read.',
                place,
                hint='Write DOMAIN.PRODUCT, DOMAIN.PRODUCT.PORT or "DOMAIN.PRODUCT@2".',
            ) from error
        return cls(
            text=written,
            reference=reference,
            place=place,
            at_release=times.get("release"),
            at_moment=times.get("as_of"),
            at_slot=times.get("slot"),
        )


def product_tables(tree: exp.Expr) -> list[exp.Table]:
    """The tables of `tree` that are product names, in the order of the text."""
    tables = [
        table for table in tree.find_all(exp.Table) if isinstance(table.this, exp.Identifier) and not _is_common(table)
    ]
    return sorted(tables, key=_order)


def written_name(table: exp.Table) -> str:
    """The name as written, without quotes."""
    return ".".join(part.name for part in table.parts)


def last_name(table: exp.Table) -> str:
    """What columns may call the table when it has no alias: the last part, without version."""
    return written_name(table).lower().partition("@")[0].rpartition(".")[2]


def table_place(table: exp.Table, text: str) -> Place | None:
    """Where the name stands, from its first part to its last."""
    return parts_place(table.parts, text)


def parts_place(parts: list[exp.Expr], text: str) -> Place | None:
    """The stretch that all `parts` of a dotted name cover, quotes included."""
    places = [place for part in parts if (place := place_of(part, text))]
    if not places:
        return None
    return Place(text, min(place.start for place in places), max(place.end for place in places))


def _order(table: exp.Table) -> int:
    starts = [part.meta.get("start") for part in table.parts]
    return min((start for start in starts if isinstance(start, int)), default=0)


def _times(table: exp.Table, text: str) -> dict[str, exp.Expr]:
    """The expressions of the AT clause, by what they say: release, as_of, slot."""
    when = table.args.get("when")
    if when is None:
        return {}
    kind, expression = str(when.args.get("kind", "")).upper(), when.expression
    if when.name.upper() != "AT" or kind not in ("TIMESTAMP", "VERSION"):
        raise pointing(
            InvalidInput,
            "query.bad-time",
            f"{when.name.upper()} ({kind} …) is not a way to travel in time.",
            place_of(expression, text) or table_place(table, text),
            hint=TIMES,
        )
    inner = next((node for node in expression.walk() if isinstance(node, (exp.Column, exp.Query))), None)
    if inner is not None:
        raise pointing(
            InvalidInput,
            "query.bad-time",
            "A time to read at cannot depend on rows.",
            place_of(inner, text),
            hint="Write a constant or a $parameter.",
        )
    if kind == "VERSION" and isinstance(expression, exp.Struct):
        return _members(expression, table, text)
    return {"release" if kind == "VERSION" else "as_of": expression}


def _members(struct: exp.Struct, table: exp.Table, text: str) -> dict[str, exp.Expr]:
    place = place_of(struct, text) or table_place(table, text)
    found: dict[str, exp.Expr] = {}
    for member in struct.expressions:
        name = member.name.lower() if isinstance(member, exp.PropertyEQ) else ""
        if name not in _MEMBERS or name in found:
            what = f"{name} is given twice" if name in found else f"{name or 'That'} is none of {', '.join(_MEMBERS)}"
            hint = f"{did_you_mean(name, _MEMBERS)} {TIMES}".strip()
            raise pointing(InvalidInput, "query.bad-time", f"{what}.", place, hint=hint)
        found[name] = member.expression
    if not found or {"release", "as_of"} <= {*found}:
        what = "A release and a moment are two times of publishing; one is enough." if found else "No time is given."
        raise pointing(InvalidInput, "query.bad-time", what, place, hint=TIMES)
    return found


def _is_common(table: exp.Table) -> bool:
    """Whether the name is one of a common table expression that is visible at this place."""
    if table.args.get("db"):
        return False
    name = table.name.lower()
    inside: exp.Expr = table
    node = table.parent
    while node is not None:
        with_ = node if isinstance(node, exp.With) else node.args.get("with_") or node.args.get("with")
        # NOTE: coming out of a WITH, its owner has nothing to add: later expressions are not visible in earlier ones
        if isinstance(with_, exp.With) and with_ is not inside and name in _visible(with_, inside):
            return True
        inside, node = node, node.parent
    return False


def _visible(with_: exp.With, inside: exp.Expr) -> Iterator[str]:
    """Names that `with_` defines for what is in `inside`: earlier ones within its own expressions, else all."""
    for common in with_.expressions:
        if common is inside and not with_.args.get("recursive"):
            return
        yield common.alias.lower()
        if common is inside:
            return
