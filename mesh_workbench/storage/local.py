"""`LocalStorage`: tables and run folders below one folder of a local disk.

<root>/tables/<port id>/v<major>/_delta_log, data/<run id>/*.parquet
<root>/runs/<run id>/
"""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mesh_workbench.errors import Broken, Conflict, InvalidInput
from mesh_workbench.model.release import PortFile
from mesh_workbench.storage.base import APPLICATION, Commit, TableSnapshot
from mesh_workbench.storage.faults import translated
from mesh_workbench.storage.log import checkpoints, commit_of, last_checkpoint, spare
from mesh_workbench.storage.parquet import statistics, sync

if TYPE_CHECKING:
    import pyarrow

_CONFIGURATION: dict[str, str | None] = {"delta.enableExpiredLogCleanup": "false"}
_CHECKPOINT_EVERY = 20


class LocalStorage:
    """The storage of one machine. Two processes may use the same folder at the same time.

    Raises InvalidInput `storage.bad-path` for a folder whose name Delta readers would take for an encoded one.
    """

    def __init__(self, root: str | Path) -> None:
        self._root = Path(root).resolve()
        if re.search("%[0-9A-Fa-f]{2}", str(self._root)):
            raise InvalidInput(
                "storage.bad-path",
                f"The storage cannot be in {self._root}: readers decode the % in it and look elsewhere.",
                hint="Choose a folder without a % sign.",
            )

    @property
    def root(self) -> Path:
        return self._root

    @property
    def runs(self) -> Path:
        return self._root / "runs"

    def run_folder(self, run_id: str) -> Path:
        return self.runs / run_id

    def create_run_folder(self, run_id: str) -> Path:
        folder = self.run_folder(run_id)
        with translated(folder):
            folder.mkdir(parents=True, exist_ok=True)
        return folder

    def faults(self, place: Path) -> AbstractContextManager[None]:
        return translated(place)

    def table_folder(self, port_id: str, major: int) -> Path:
        return self._root / "tables" / port_id / f"v{major}"

    def snapshot(self, table: Path) -> TableSnapshot | None:
        import pyarrow as pa

        with translated(table):
            delta = _open(table)
            if delta is None:
                return None
            return TableSnapshot(
                version=delta.version(),
                files=_sizes(delta),
                fence=delta.transaction_version(APPLICATION),
                schema=pa.schema(delta.schema().to_arrow()),
            )

    def history(self, table: Path) -> Iterator[Commit]:
        with translated(table):
            log = table / "_delta_log"
            commits = sorted(file for file in log.glob("*.json") if file.stem.isdigit())
            starts = checkpoints(log)
            if commits and int(commits[0].stem) > 0 and starts:  # it was shortened
                yield Commit(version=starts[0], added=tuple(_sizes(_open(table, starts[0]))), removed=())
                commits = [file for file in commits if int(file.stem) > starts[0]]
            for file in commits:
                yield commit_of(file)

    def shape(self, table: Path, schema: pyarrow.Schema, *, expected_version: int | None, fence: int) -> int:
        from deltalake import DeltaTable, Schema

        wanted = Schema.from_arrow(schema)
        with translated(table):
            delta = _open(table)
            self._verify(table, delta, expected_version, fence)
            if delta is None:
                return self._create(table, wanted)
            present = {field.name: field.type for field in delta.schema().fields}
            new = [field for field in wanted.fields if field.name not in present]
            same = all(present[field.name] == field.type for field in wanted.fields if field.name in present)
            if same and not new:
                return int(delta.version())
            if not delta.file_uris():  # created for a publication that was undone
                DeltaTable.create(str(table), wanted, mode="overwrite", configuration=_CONFIGURATION, **_alone())
            elif same:
                delta.alter.add_columns(new, **_alone())
            else:
                raise Conflict(
                    "storage.schema-differs",
                    f"The table at {table} has other types than {', '.join(schema.names)} take.",
                    hint="A table only ever gets new columns; promote a new major version.",
                )
            assert expected_version is not None
            return expected_version + 1

    def _create(self, table: Path, schema: Any) -> int:
        from deltalake import DeltaTable
        from deltalake.exceptions import DeltaError

        table.mkdir(parents=True, exist_ok=True)
        try:
            DeltaTable.create(str(table), schema, configuration=_CONFIGURATION, **_alone())
        except DeltaError as error:
            if _open(table) is None:
                raise
            raise Conflict(
                "storage.moved",
                f"Somebody else created the table at {table} first.",
                hint="Publish again; the table's state is read anew.",
            ) from error
        return 0

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
        from deltalake.transaction import AddAction, RemoveAction

        now_ms = time.time_ns() // 1_000_000
        ending, same = set(remove), set(rearranged)
        with translated(table):
            delta = _open(table)
            self._verify(table, delta, expected_version, fence)
            assert delta is not None
            actions: list[Any] = [
                AddAction(
                    path=file.path,
                    size=file.size,
                    partition_values={},
                    modification_time=now_ms,
                    data_change=file.path not in same,
                    stats=statistics(_verified(table, file)),
                )
                for file in add
            ]
            actions += [
                RemoveAction(
                    path=path,
                    size=size,
                    partition_values={},
                    data_change=path not in same,
                    deletion_timestamp=now_ms,
                )
                for path, size in _sizes(delta).items()
                if path in ending
            ]
            delta.create_write_transaction(actions, "append", delta.schema(), **_alone(fence))
            return expected_version + 1

    def move_in(self, run_id: str, table: Path, moves: Mapping[str, str]) -> None:
        folder = self.run_folder(run_id)
        with translated(table):
            for path, source in moves.items():
                if not _move(folder / source, table / path) and not (table / path).exists():
                    raise Conflict(
                        "storage.staged-missing",
                        f"The staged file {source} is no longer in the folder of run {run_id}.",
                        hint="Another publisher took it; run again.",
                        where=str(folder / source),
                    )
            for parent in {(table / path).parent for path in moves}:
                sync(parent)

    def move_out(self, run_id: str, table: Path, moves: Mapping[str, str]) -> None:
        folder = self.run_folder(run_id)
        with translated(folder):
            for path, source in moves.items():
                _move(table / path, folder / source)

    def remove(self, table: Path, paths: Sequence[str]) -> None:
        with translated(table):
            for path in paths:
                (table / path).unlink(missing_ok=True)
            for folder in {(table / path).parent for path in paths}:
                if folder.is_dir() and folder != table:
                    sync(folder)
                    with suppress(OSError):  # files of other releases are in it
                        folder.rmdir()

    def unread(self, table: Path) -> int:
        with translated(table):
            numbers = (int(file.stem) for file in (table / "_delta_log").glob("*.json") if file.stem.isdigit())
            return max(numbers, default=0) - last_checkpoint(table / "_delta_log")

    def tidy(self, table: Path) -> None:
        with translated(table):
            if self.unread(table) >= _CHECKPOINT_EVERY:  # opening it takes longer the more versions there are
                _open(table).create_checkpoint()

    def spare(self, table: Path, version: int) -> int:
        with translated(table):
            return len(spare(table / "_delta_log", version))

    def shorten(self, table: Path, version: int, files: Collection[str]) -> None:
        log = table / "_delta_log"
        with translated(table):
            entries = spare(log, version)
            # opened from the checkpoint that becomes the first entry, so that one which is damaged is noticed in time
            if entries and _sizes(_open(table, version)).keys() != set(files):
                raise Broken(
                    "storage.other-files",
                    f"Version {version} of the table at {table} does not hold the files of its release.",
                    hint="Its log is left as it is; `mesh doctor --deep` says more.",
                )
            for start in checkpoints(log):
                file = log / f"{start:020}.checkpoint.parquet"
                if start <= version and file not in entries:
                    sync(file)
            for entry in entries:
                entry.unlink(missing_ok=True)

    def _verify(self, table: Path, delta: Any, expected_version: int | None, fence: int) -> None:
        """Delta's application transaction is a record, not a guard, so we are the guard; commits never retry."""
        version = delta.version() if delta is not None else None
        if version != expected_version:
            raise Conflict(
                "storage.moved",
                f"The table at {table} is at version {version}, not {expected_version}.",
                hint="Publish again; the table's state is read anew.",
            )
        newest = delta.transaction_version(APPLICATION) if delta is not None else None
        if newest is not None and newest > fence:
            raise Conflict(
                "storage.fenced",
                f"A publisher with fencing number {newest} was at {table}; ours is {fence}.",
                hint="Publish again.",
            )


def _open(table: Path, version: int | None = None) -> Any:
    from deltalake import DeltaTable
    from deltalake.exceptions import TableNotFoundError

    if not (table / "_delta_log").is_dir():
        return None
    try:
        return DeltaTable(str(table), version=version)
    except TableNotFoundError:  # its first commit is not there yet
        return None


def _sizes(delta: Any) -> dict[str, int]:
    """Paths of the table's files, with their sizes in bytes."""
    import pyarrow as pa

    actions = pa.table(delta.get_add_actions(flatten=True))
    return dict(zip(actions["path"].to_pylist(), actions["size_bytes"].to_pylist(), strict=True))


def _alone(fence: int | None = None) -> dict[str, Any]:
    """Commit once or not at all, with nothing happening afterwards that could fail and be taken for the commit."""
    from deltalake import CommitProperties, PostCommitHookProperties, Transaction

    record = [] if fence is None else [Transaction(APPLICATION, fence, time.time_ns() // 1_000_000)]
    return {
        "commit_properties": CommitProperties(max_commit_retries=0, app_transactions=record),
        "post_commithook_properties": PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False),
    }


def _verified(table: Path, file: PortFile) -> Path:
    path = table / file.path
    size = path.stat().st_size if path.is_file() else None
    if size != file.size:
        raise Broken(
            "storage.file-missing",
            f"{file.path} should lie in {table} with {file.size} bytes; it has {size}.",
            hint="Nothing was published; run again.",
        )
    return path


def _move(source: Path, destination: Path) -> bool:
    """Renames; False when the source is not there. Never writes over a file."""
    if destination.exists() or not source.exists():
        return False
    destination.parent.mkdir(parents=True, exist_ok=True)
    try:
        source.rename(destination)
    except FileNotFoundError:  # somebody else was faster
        return False
    return True
