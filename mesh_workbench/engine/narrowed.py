"""What is left of a relation: columns, conditions and a number of rows, as one statement over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sqlglot import exp

from mesh_workbench.engine.parameters import encode
from mesh_workbench.engine.session import quoted
from mesh_workbench.engine.statement import parse
from mesh_workbench.errors import InvalidInput, did_you_mean

if TYPE_CHECKING:
    from pydantic import JsonValue


@dataclass(frozen=True)
class Narrowed:
    """The steps in their order. `columns` are those that are left; `rows` bounds their number where one is known."""

    name: str
    columns: tuple[str, ...]
    rows: int
    steps: tuple[tuple[str, str], ...] = ()
    """Each what stands before and behind the one before it."""
    values: dict[str, JsonValue] = field(default_factory=dict)
    filtered: bool = False

    def select(self, columns: Sequence[str]) -> Narrowed:
        """Only these columns, in this order. Raises InvalidInput `read.unknown-column`."""
        for column in columns:
            if column not in self.columns:
                raise InvalidInput(
                    "read.unknown-column",
                    f"{self.name} has no column {column!r}.",
                    hint=did_you_mean(column, self.columns),
                )
        kept = tuple(dict.fromkeys(columns))
        if not kept:
            raise InvalidInput("read.no-columns", "No column is selected.", hint="Name at least one.")
        return replace(self._then(f"SELECT {', '.join(map(quoted, kept))} FROM "), columns=kept)  # noqa: S608 - quoted

    def filter(self, condition: str, values: dict[str, object]) -> Narrowed:
        """Only rows for which the SQL condition holds, whose $names are bound to `values`.

        Raises InvalidInput `read.not-a-condition`, `read.value-twice`, and `query.*` for what is not SQL.
        """
        _check(condition)
        bound = {name: encode(name, value) for name, value in values.items()}
        for name in bound.keys() & self.values.keys():
            if bound[name] != self.values[name]:
                raise InvalidInput(
                    "read.value-twice", f"${name} has another value already.", hint="Give it another name."
                )
        narrowed = self._then("SELECT * FROM ", f" WHERE (\n{condition}\n)")
        return replace(narrowed, values={**self.values, **bound}, filtered=True)

    def limit(self, rows: int) -> Narrowed:
        """Only the first `rows` rows. Raises InvalidInput `read.bad-limit`."""
        if rows < 0:
            raise InvalidInput("read.bad-limit", f"{rows} rows cannot be had.", hint="Give a number from 0 on.")
        return replace(self._then("SELECT * FROM ", f" LIMIT {int(rows)}"), rows=min(rows, self.rows))

    def over(self, base: str) -> str:
        """One statement over `base`, which is a name or a statement in parentheses."""
        alias = quoted(self.name.rpartition(".")[2].partition("@")[0])
        text = base
        for number, (before, behind) in enumerate(self.steps):
            inner = text if number == 0 else f"(\n{text}\n)"
            text = f"{before}{inner} AS {alias}{behind}"
        return text if self.steps else f"SELECT * FROM {base}"  # noqa: S608 - names are quoted

    def _then(self, before: str, behind: str = "") -> Narrowed:
        return replace(self, steps=(*self.steps, (before, behind)))


def _check(condition: str) -> None:
    """Raise InvalidInput unless the text is one expression that reads nothing else."""
    statement = parse(f"SELECT (\n{condition}\n)")
    tree = statement.tree
    whole = isinstance(tree, exp.Select) and len(tree.expressions) == 1 and isinstance(tree.expressions[0], exp.Paren)
    if not whole or any(tree.args.get(part) for part in ("from_", "from", "where", "with_", "with")):
        raise InvalidInput(
            "read.not-a-condition",
            f"{condition!r} is not one condition.",
            hint='For example: .filter("dep_delay > 30 AND carrier = $carrier", carrier="UA")',
        )
    if statement.names:
        raise InvalidInput(
            "read.not-a-condition",
            f"The condition reads {statement.names[0].text}.",
            hint="A filter sees the columns of its relation; to use other products, write %%mesh with a JOIN.",
        )
