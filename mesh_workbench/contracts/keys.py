"""Proofs that no value occurs twice, the cheapest first. What cannot be proved is counted elsewhere.

- There are no rows, or fewer possible values than would be needed: nothing to look at.
- Each piece of the rows is strictly increasing, and no two pieces overlap: a key that is written in order.
- Whole numbers that lie close together are ticked off in a map of one byte per possible value.
- Everything else becomes a number of 64 bits (whole numbers side by side where they fit, a hash else), and sorted:
  different hashes are different values. In as many rounds as memory asks for, each with its own share of the values.
"""

# ruff: noqa: S608 - identifiers are quoted
from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mesh_workbench.contracts.database import Database
from mesh_workbench.contracts.footers import Facts
from mesh_workbench.contracts.measure import Duplicates
from mesh_workbench.contracts.sqltext import quoted
from mesh_workbench.contracts.views import CANDIDATE

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, np.dtype[Any]]

_LOOSEST = 16
"""Possible values per row up to which a map is quicker than sorting."""
_MOST_ROUNDS = 16
_LARGEST = 2**62


@dataclass(frozen=True)
class Key:
    """How a key is proved: `number` is the SQL of its value as one number, from 0 to `values` - 1 when that is known.

    `kept` is the SQL of the rows that count, `rows` at most how many there are.
    """

    number: str
    kept: str
    rows: int
    values: int | None = None
    ordered: bool = False

    @property
    def dense(self) -> bool:
        return self.values is not None and self.values <= _LOOSEST * self.rows


def key_of(database: Database, measure: Duplicates, facts: Facts | None, rows: int) -> Key:
    """The way to prove `measure`. `facts` are those of all rows of the candidate."""
    names = list(measure.columns or database.columns)
    nullable = [name for name in names if facts is None or facts.nulls.get(name) != 0]
    kept = " AND ".join(f"{quoted(name)} IS NOT NULL" for name in nullable) or "TRUE"
    if measure.whole_rows:
        kept = "TRUE"
    else:
        packed = _packed(database, names, facts)
        if packed is not None:
            return Key(packed[0], kept, rows, packed[1], ordered=len(names) == 1)
        kind = database.columns.get(names[0])
        if len(names) == 1 and kind is not None and kind.family == "integer" and kind.bits <= 64 and kind.signed:
            return Key(quoted(names[0]), kept, rows, ordered=True)
    return Key(f"hash({', '.join(map(quoted, names))})", kept, rows)


def _packed(database: Database, names: list[str], facts: Facts | None) -> tuple[str, int] | None:
    """Whole numbers and dates side by side in one number, and how many different ones there can be."""
    parts, size = "", 1
    for name in names:
        bounds = facts.extremes.get(name) if facts else None
        kind = database.columns.get(name)
        if bounds is None or kind is None or len(bounds) != 2:
            return None
        low, high = bounds[0].as_py(), bounds[1].as_py()
        if kind.family == "integer" and kind.bits <= 64 and max(abs(low), abs(high)) < _LARGEST:
            width = high - low + 1
            part = f"(CAST({quoted(name)} AS BIGINT) - {low})"
        elif kind.family == "date" and isinstance(low, datetime.date):
            width = (high - low).days + 1
            part = f"CAST({quoted(name)} - DATE '{low.isoformat()}' AS BIGINT)"
        else:
            return None
        if size * width >= _LARGEST:
            return None
        parts = f"({parts}) * {width} + {part}" if parts else part
        size *= width
    return parts, size


def is_unique(database: Database, key: Key) -> bool:
    """Whether the proof succeeds. False says nothing: then they must be counted. Raises duckdb.Error."""
    if key.rows < 2:
        return True
    if key.ordered and _increasing(_numbers(database, key)):
        return True
    if key.dense and key.values is not None and key.values <= database.spare_bytes:
        return _ticked_off(_numbers(database, key), key.values)
    rounds = -(-key.rows * 8 // max(database.spare_bytes, 1))
    if rounds > _MOST_ROUNDS:
        return False
    return all(_sorted(_numbers(database, key, share, rounds), key.rows, rounds) for share in range(rounds))


def words_of(database: Database, key: Key) -> str:
    """What `is_unique` does, in words."""
    ways = []
    if key.ordered:
        ways.append("proved by its order when it is written in increasing order")
    if key.dense and key.values is not None and key.values <= database.spare_bytes:
        ways.append(f"by a map of {key.values:,} possible values")
    else:
        what = "the values" if key.values is not None or key.ordered else "64-bit hashes of the values"
        rounds = -(-key.rows * 8 // max(database.spare_bytes, 1))
        ways.append(
            f"by sorting {what}" + (f" in {rounds} rounds" if rounds > 1 else "")
            if rounds <= _MOST_ROUNDS
            else "by counting every value"
        )
    return ", else ".join(ways)


def _numbers(database: Database, key: Key, share: int = 0, rounds: int = 1) -> Iterator[Numbers]:
    asked = f"SELECT {key.number} FROM {CANDIDATE} WHERE {key.kept}"
    if rounds > 1:
        asked += f" AND hash({key.number}) % {rounds} = {share}"
    for batch in database.stream(asked):
        if batch.num_rows:
            yield batch.column(0).to_numpy(zero_copy_only=False)


def _increasing(pieces: Iterator[Numbers]) -> bool:
    spans = []
    for piece in pieces:
        if not bool((piece[1:] > piece[:-1]).all()):
            return False
        spans.append((int(piece[0]), int(piece[-1])))
    spans.sort()
    return all(one[1] < other[0] for one, other in itertools.pairwise(spans))


def _ticked_off(pieces: Iterator[Numbers], values: int) -> bool:
    import numpy as np

    seen = np.zeros(values, dtype=np.bool_)
    rows = 0
    for piece in pieces:
        if not bool(((piece >= 0) & (piece < values)).all()):
            return False  # a footer that does not tell the truth, which is not to be relied on
        seen[piece] = True
        rows += len(piece)
    return int(np.count_nonzero(seen)) == rows


def _sorted(pieces: Iterator[Numbers], rows: int, rounds: int) -> bool:
    import numpy as np

    room: Numbers | None = None
    filled = 0
    for piece in pieces:
        if room is None:
            # Shares of a hash are nearly equal; untouched room costs nothing.
            room = np.empty(rows if rounds == 1 else rows // rounds + rows // 8 + 1_000, dtype=piece.dtype)
        if filled + len(piece) > len(room):
            return False
        room[filled : filled + len(piece)] = piece
        filled += len(piece)
    if room is None:
        return True
    found = room[:filled]
    found.sort()
    return not bool((found[1:] == found[:-1]).any())
