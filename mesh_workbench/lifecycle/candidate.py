"""The candidate state: what a product's ports would hold after publishing, and what that adds and removes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from mesh_workbench.engine.arrow_text import decode_schema
from mesh_workbench.errors import Conflict, InvalidInput, NotFound, did_you_mean
from mesh_workbench.model.notebook import OutputMode
from mesh_workbench.model.product import Port, Product
from mesh_workbench.model.release import PortFile, Release
from mesh_workbench.model.run import Run
from mesh_workbench.model.runfolder import MERGED_FOLDER, STAGED_FOLDER, StagedOutput
from mesh_workbench.model.schedule import SlotTime
from mesh_workbench.storage import compact
from mesh_workbench.storage import schema as schemas
from mesh_workbench.storage.conform import conform, measure, schema_of
from mesh_workbench.storage.merge import check_keys, remainders

if TYPE_CHECKING:
    import pyarrow

    from mesh_workbench.registry import Registry
    from mesh_workbench.storage.base import Storage


@dataclass(frozen=True)
class PortCandidate:
    """One port as it would be. Paths of `files` and `staged` are where the files lie now."""

    port: Port
    major: int
    mode: OutputMode
    table: Path
    arrow_schema: pyarrow.Schema
    kept: list[PortFile] = field(default_factory=list)
    added: list[PortFile] = field(default_factory=list)
    sources: Mapping[str, str] = field(default_factory=dict)
    """Path of each added file in the table's folder, to its path in the run's folder."""
    removed: list[str] = field(default_factory=list)
    rearranged: list[str] = field(default_factory=list)
    """Those of the added and removed files whose rows are the same: small files, and what they were merged into."""
    files: list[Path] = field(default_factory=list)
    staged: list[Path] = field(default_factory=list)
    """Those of `files` that hold the rows that the run made."""

    @property
    def rows(self) -> int:
        return sum(file.rows for file in (*self.kept, *self.added))

    @property
    def bytes(self) -> int:
        return sum(file.size for file in (*self.kept, *self.added))


def build_candidates(
    registry: Registry,
    storage: Storage,
    *,
    product: Product,
    major: int,
    run: Run,
    staged: Sequence[StagedOutput],
    base: Release | None,
    unique: str,
    order: Callable[[str], Sequence[str]],
) -> dict[str, PortCandidate]:
    """The candidate of every port that the run staged something for, by port name, in the order of the ports.

    `base` is the newest release of the same major. `unique` goes into the names of the added files: it must be another
    one each time. A merge writes the files that it leaves behind into the run folder, and so does merging small files
    of earlier runs where that is worth it, sorted by the columns that `order` gives for a port; the tables are not
    touched.

    Raises NotFound `output.unknown-port`; Conflict `publish.slot-released` when a slot that is already released would
    be appended again; InvalidInput `output.twice`, `output.outside-run`, `output.no-slot`, `output.column-missing`,
    `output.type-changed` and those of `storage.merge.check_keys`.
    """
    ports = {port.name: port for port in registry.products.ports(product.id)}
    by_name: dict[str, StagedOutput] = {}
    for output in staged:
        if output.output not in ports:
            raise NotFound(
                "output.unknown-port",
                f"{product.full_name} has no port {output.output!r}.",
                where=f"output {output.output}",
                hint=did_you_mean(output.output, ports),
            )
        if output.output in by_name:
            raise InvalidInput(
                "output.twice",
                f"Output {output.output!r} is staged twice.",
                where=f"output {output.output}",
                hint="Put the frames together and call mesh.output once for each output.",
            )
        by_name[output.output] = output
    shapes = {shape.port_id: decode_schema(shape.arrow_schema) for shape in (base.ports if base else [])}
    return {
        port.name: _candidate(
            storage,
            port=port,
            major=major,
            run=run,
            output=by_name[port.name],
            before=registry.releases.files(port.id, major, base.number) if base else [],
            shape=shapes.get(port.id),
            unique=unique,
            order=order,
        )
        for port in sorted(ports.values(), key=lambda port: port.position)
        if port.name in by_name
    }


def _candidate(
    storage: Storage,
    *,
    port: Port,
    major: int,
    run: Run,
    output: StagedOutput,
    before: Sequence[PortFile],
    shape: pyarrow.Schema | None,
    unique: str,
    order: Callable[[str], Sequence[str]],
) -> PortCandidate:
    folder, table = storage.run_folder(run.id), storage.table_folder(port.id, major)
    slot = run.slot.key if run.slot else None
    with storage.faults(folder):
        staged = _staged_files(folder, output)
        schema = schemas.union(shape, schema_of(staged, decode_schema(output.arrow_schema)), port.name)
        # columns that the run did not stage in this order or type are written again as the port has them
        staged = conform(staged, schema, folder / STAGED_FOLDER / output.output, port.name)
    sources: dict[str, str] = {}
    added: list[PortFile] = []

    def add(path: Path, of_slot: SlotTime | None) -> None:
        destination = f"data/{run.id}/{unique}-{len(added)}.parquet"
        rows, size = measure(path)
        sources[destination] = path.relative_to(folder).as_posix()
        added.append(PortFile.of(destination, size=size, rows=rows, slot=of_slot, run_id=run.id))

    for path in staged:
        add(path, run.slot)
    removed = _replaced(output.mode, before, slot, port.name)
    kept = [file for file in before if file.path not in removed]
    if output.mode == "merge":
        check_keys(staged, output.keys, output.output)
        whole = {table / file.path: file for file in before}
        for rest in remainders(list(whole), staged, output.keys, folder / MERGED_FOLDER / output.output):
            original = whole[rest.original]
            kept.remove(original)
            removed.append(original.path)
            if rest.path is not None:
                add(rest.path, original.slot_time)
    rearranged: list[str] = []
    for group in compact.worth(kept):
        found = compact.merged(table, group, schema, order(port.name), folder / MERGED_FOLDER / output.output)
        if found is not None:
            one, of = found
            gone = [file.path for file in of]
            kept = [file for file in kept if file.path not in gone]
            add(one, of[0].slot_time)
            removed += gone
            rearranged += [added[-1].path, *gone]
    return PortCandidate(
        port=port,
        major=major,
        mode=output.mode,
        table=table,
        arrow_schema=schema,
        kept=kept,
        added=added,
        sources=sources,
        removed=removed,
        rearranged=rearranged,
        files=[*(table / file.path for file in kept), *(folder / sources[file.path] for file in added)],
        staged=staged,
    )


def _replaced(mode: OutputMode, before: Sequence[PortFile], slot: str | None, output: str) -> list[str]:
    """Paths of the base release's files that end because whole files are replaced."""
    if mode == "replace":
        return [file.path for file in before]
    of_slot = [file.path for file in before if file.slot == slot]
    if mode == "replace_slot":
        if slot is None:
            raise InvalidInput(
                "output.no-slot",
                f"Output {output!r} replaces a slot, and this run has none.",
                where=f"output {output}",
                hint='Run it for a slot (--slot TIME), or stage it with mode="replace".',
            )
        return of_slot
    if mode == "append" and slot is not None and of_slot:
        raise Conflict(
            "publish.slot-released",
            f"Slot {slot} of {output!r} is already released; appending it again would double its rows.",
            hint='Stage it with mode="replace_slot" to publish it anew.',
        )
    return []


def _staged_files(folder: Path, output: StagedOutput) -> list[Path]:
    """The staged files; what a notebook wrote into its manifest is not believed to lie where it should."""
    inside = (folder / STAGED_FOLDER).resolve()
    paths = []
    for name in output.files:
        path = (folder / name).resolve()
        if not path.is_relative_to(inside) or not path.is_file():
            raise InvalidInput(
                "output.outside-run",
                f"Output {output.output!r} names {name!r}, which is no file in the run's staging folder.",
                where=f"output {output.output}",
                hint="Stage data with mesh.output only.",
            )
        paths.append(path)
    return paths
