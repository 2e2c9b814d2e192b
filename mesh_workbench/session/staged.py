"""What `mesh.output` shows: rows, columns, and in front of a person the promises that a contract could make."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mesh_workbench.model.contract import ContractProposal

SHOWN = 30
"""Columns that are shown; more are counted."""


@dataclass(frozen=True, repr=False)
class Staged:
    """The result of mesh.output."""

    name: str
    mode: str
    keys: list[str]
    rows: int
    columns: dict[str, str] = field(default_factory=dict)
    """Name to Arrow type."""
    place: Path | None = None
    """Where it is, in front of a person."""
    proposal: ContractProposal | None = None
    note: str = ""

    def __repr__(self) -> str:
        lines = [self._sentence()]
        if self.proposal is not None:
            lines += [f"  {promise.words}" for promise in self.proposal.promises[:SHOWN]]
        return "\n".join([*lines, self.note] if self.note else lines)

    def _repr_html_(self) -> str:
        promises = self._promises()
        shown = list(self.columns.items())[:SHOWN]
        cells = [(column, kind, "; ".join(promises.get(column, []))) for column, kind in shown]
        rows = "".join(f"<tr>{''.join(f'<td>{escape(text)}</td>' for text in row)}</tr>" for row in cells)
        more = len(self.columns) - SHOWN
        rest = f"<p>… and {more} more columns</p>" if more > 0 else ""
        note = f"<p>{escape(self.note)}</p>" if self.note else ""
        heads = "".join(f'<th scope="col">{head}</th>' for head in ("Column", "Type", "Proposed promises"))
        body = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        return f"<div><p>{escape(self._sentence())}</p>{body}{rest}{note}</div>"

    def _sentence(self) -> str:
        how = f"{self.mode} by {', '.join(self.keys)}" if self.keys else self.mode
        amount = f"{self.rows:,} rows, {len(self.columns)} columns, {how}"
        if self.place is None:
            return f"{self.name}: {amount}; staged for checking and publishing."
        promised = f"; {len(self.proposal.promises)} promises proposed" if self.proposal is not None else ""
        return f"{self.name}: {amount}; staged to try out{promised}."

    def _promises(self) -> dict[str, list[str]]:
        """Column to the promises about it, in words."""
        found: dict[str, list[str]] = {}
        for promise in self.proposal.promises if self.proposal is not None else []:
            found.setdefault(promise.target.partition(".")[2], []).append(promise.words)
        return found
