"""The seam `Storage`: where tables and run folders live, and how a table changes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from mesh_workbench.model.release import PortFile

if TYPE_CHECKING:
    import pyarrow

APPLICATION = "mesh"
"""Our application id in the transactions of the Delta log; the transaction's version is the fencing number."""


@dataclass(frozen=True)
class TableSnapshot:
    """A table as it is now."""

    version: int
    files: Mapping[str, int]
    """Path relative to the table's folder, to size in bytes."""
    fence: int | None
    """Fencing number of the last publication or barrier that committed; None before the first."""
    schema: pyarrow.Schema


@dataclass(frozen=True)
class Commit:
    """One commit of a table, as its log tells it."""

    version: int
    added: tuple[str, ...]
    removed: tuple[str, ...]


class Storage(Protocol):
    """Tables and run folders, addressed by immutable ids.

    A table changes by one commit after another; each says which version it builds on and under which fencing number,
    and is refused when either was overtaken: Conflict `storage.moved` or `storage.fenced`. What the place beneath
    complains about is raised as Unavailable `storage.full`, `storage.read-only` or `storage.failed`, and nothing is
    half done then.
    """

    @property
    def root(self) -> Path: ...

    @property
    def runs(self) -> Path:
        """The folder of all run folders, each called by its run's id."""
        ...

    def run_folder(self, run_id: str) -> Path: ...

    def create_run_folder(self, run_id: str) -> Path:
        """The run's folder, made if it is not there."""
        ...

    def faults(self, place: Path) -> AbstractContextManager[None]:
        """Raises what goes wrong while somebody works in `place` in the words of this storage."""
        ...

    def table_folder(self, port_id: str, major: int) -> Path: ...

    def snapshot(self, table: Path) -> TableSnapshot | None:
        """The table as it is now, read anew; None when there is none."""
        ...

    def history(self, table: Path) -> Iterator[Commit]:
        """Every commit of the table that its log still holds, the oldest first; none when there is no table.

        Of a log that was shortened the first one adds all that the table held then.
        """
        ...

    def shape(self, table: Path, schema: pyarrow.Schema, *, expected_version: int | None, fence: int) -> int:
        """Makes the table hold the columns of `schema`; returns its version then.

        It is created (`expected_version` None), gets new columns that may be null, or, as long as it holds no file,
        is made anew. Does not record the fencing number: only publishing does.
        """
        ...

    def commit(
        self,
        table: Path,
        *,
        expected_version: int,
        fence: int,
        add: Sequence[PortFile],
        remove: Sequence[str],
        rearranged: Sequence[str] = (),
    ) -> int:
        """Adds and removes files in one commit and records the fencing number; returns the new version.

        The log says of those that are `rearranged` that their rows did not change, for who follows the changes.

        Added files must lie in the table's folder already, in their announced size: Broken `storage.file-missing`.
        With nothing to add or remove the commit is a barrier: nobody with an older fencing number commits any more.
        """
        ...

    def move_in(self, run_id: str, table: Path, moves: Mapping[str, str]) -> None:
        """Moves staged files into the table's folder: path there to path in the run folder. Moved ones are skipped.

        Raises Conflict `storage.staged-missing` when a file is in neither place.
        """
        ...

    def move_out(self, run_id: str, table: Path, moves: Mapping[str, str]) -> None:
        """Undoes `move_in`, as far as it went."""
        ...

    def remove(self, table: Path, paths: Sequence[str]) -> None:
        """Deletes files that no release needs. Those that are not there are no error."""
        ...

    def unread(self, table: Path) -> int:
        """Commits since the last checkpoint: who opens the table reads each of them."""
        ...

    def tidy(self, table: Path) -> None:
        """What keeps a long-lived table fast to open; of no consequence for what it holds."""
        ...

    def spare(self, table: Path, version: int) -> int:
        """How many entries of the table's log nobody needs who opens `version` or a later one."""
        ...

    def shorten(self, table: Path, version: int, files: Collection[str]) -> None:
        """Deletes those entries; earlier versions cannot be opened then. Killed at any moment, later ones can.

        Raises Broken `storage.other-files`, with nothing deleted, when `version` does not hold exactly `files`.
        """
        ...
