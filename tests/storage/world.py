"""A product with two ports, a registry and a storage: what publishing needs, without notebooks and contracts.

Importable by other processes, which open the same registry and storage and publish in them.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa

from mesh_workbench.engine.arrow_text import decode_schema
from mesh_workbench.errors import MeshError
from mesh_workbench.lifecycle.candidate import PortCandidate
from mesh_workbench.lifecycle.publish import publish
from mesh_workbench.model.check import CheckReport, Verdict
from mesh_workbench.model.notebook import OutputMode
from mesh_workbench.model.product import Port, Product
from mesh_workbench.model.release import Release
from mesh_workbench.model.run import Run
from mesh_workbench.model.runfolder import StagedOutput
from mesh_workbench.model.schedule import SlotTime
from mesh_workbench.model.version import ProductVersion
from mesh_workbench.registry import Registry, open_registry
from mesh_workbench.storage.local import LocalStorage
from mesh_workbench.storage.normalise import to_arrow
from mesh_workbench.storage.parquet import write_staged
from tests import records

LEASE_S = 0.25


def month(number: int) -> SlotTime:
    """A monthly slot of 2013."""
    start = datetime(2013, number, 1, tzinfo=UTC)
    return SlotTime(start=start, end=start + timedelta(days=28))


@dataclass(frozen=True)
class World:
    registry: Registry
    storage: LocalStorage
    product: Product
    ports: dict[str, Port]
    version: ProductVersion

    def stage(
        self,
        frames: Mapping[str, object],
        *,
        mode: OutputMode = "append",
        keys: tuple[str, ...] = (),
        slot: SlotTime | None = None,
    ) -> tuple[Run, list[StagedOutput]]:
        """A run that a worker has claimed, and what its notebook staged."""
        self.registry.runs.add(records.run(self.version, slot=slot))
        run = self.registry.runs.claim("wrk_1", None, 60.0)
        assert run is not None
        folder = self.storage.create_run_folder(run.id)
        return run, [self.staged(folder, name, frame, mode, keys) for name, frame in frames.items()]

    def staged(
        self, folder: Path, name: str, frame: object, mode: OutputMode = "append", keys: tuple[str, ...] = ()
    ) -> StagedOutput:
        """What a notebook stages into the folder of its run."""
        files = write_staged(to_arrow(frame), folder / "staged" / name)
        return StagedOutput(
            output=name,
            mode=mode,
            keys=list(keys),
            files=[path.relative_to(folder).as_posix() for path in files.paths],
            rows=files.rows,
            bytes=files.bytes,
            arrow_schema=files.arrow_schema,
        )

    def check(self, candidates: Mapping[str, PortCandidate], base: int | None) -> CheckReport:
        return self.registry.reports.add(
            records.report(base_release=base, verdict=Verdict.KEPT, product=self.product.full_name)
        )

    def publish(self, run: Run, staged: list[StagedOutput], **changes: Any) -> Release:
        arguments: dict[str, Any] = {"check": self.check, "holder": f"test {os.getpid()}", "lease_s": 30.0, **changes}
        product = self.registry.products.by_id(self.product.id)
        assert product is not None
        return publish(
            self.registry, self.storage, product=product, version=self.version, run=run, staged=staged, **arguments
        )

    def put(self, frames: Mapping[str, object], **how: Any) -> Release:
        """Stages and publishes in one step."""
        return self.publish(*self.stage(frames, **how))

    def table(self, port: str = "flights") -> Path:
        return self.storage.table_folder(self.ports[port].id, self.version.major)

    def files(self, port: str = "flights") -> list[Path]:
        """Files of the newest release."""
        release = self.registry.releases.latest(self.product.id, self.version.major)
        assert release is not None
        of = self.registry.releases.files(self.ports[port].id, self.version.major, release.number)
        return [self.table(port) / file.path for file in of]

    def read(self, port: str = "flights") -> list[dict[str, Any]]:
        """The rows of a port, after making sure that every reader sees the same, through the log and by file list."""
        release = self.registry.releases.latest(self.product.id, self.version.major)
        assert release is not None
        schema = next(decode_schema(each.arrow_schema) for each in release.ports if each.port == port)
        return same_everywhere(self.table(port), self.files(port), schema)

    def values(self, port: str = "flights", column: str = "n") -> list[Any]:
        """One column, the same through the Delta log and by the release's list of files."""
        from deltalake import DeltaTable

        listed = sorted(pl.read_parquet(self.files(port), columns=[column])[column].to_list())
        logged = DeltaTable(str(self.table(port))).to_pyarrow_dataset().to_table(columns=[column])
        assert sorted(logged[column].to_pylist()) == listed
        return listed

    def close(self) -> None:
        self.registry.close()


def new_world(registry: Registry, storage: LocalStorage, *ports: str, full_name: str = "flight_ops.flights") -> World:
    version = records.known_version(registry, full_name)
    product = registry.products.get(*full_name.split("."))
    assert product is not None
    made = {
        name: registry.products.add_port(records.port(product, name, position))
        for position, name in enumerate(ports or ("flights", "summary"))
    }
    return World(registry, storage, product, made, version)


def open_world(url: str, root: str) -> World:
    """The same world in another process."""
    registry = open_registry(url)
    product = registry.products.get("flight_ops", "flights")
    assert product is not None
    version = registry.versions.newest(product.id)
    assert version is not None
    ports = {port.name: port for port in registry.products.ports(product.id)}
    return World(registry, LocalStorage(root), product, ports, version)


def publish_elsewhere(
    url: str, root: str, run: Run, staged: list[StagedOutput], step: str, sign: int, lease_s: float, told: Any
) -> None:
    """Body of a publisher process that sends itself the signal `sign` when `step` is done. `told` gets the outcome."""
    world = open_world(url, root)
    steps = [step]  # a step may come again when the publisher looks at everything anew

    def at(done: str) -> None:
        if done in steps:
            steps.remove(done)
            told.send("there")
            os.kill(os.getpid(), sign)

    try:
        release = world.publish(run, staged, lease_s=lease_s, checkpoint=at)
        told.send(f"release {release.number}")
    except MeshError as error:
        told.send(error.code)
    finally:
        world.close()


def publish_with_little_room(url: str, root: str, run: Run, staged: list[StagedOutput], step: str, told: Any) -> None:
    """Body of a publisher process that may write no file beyond 64 bytes once `step` is done."""
    import resource

    world = open_world(url, root)

    def at(done: str) -> None:
        if done == step:
            resource.setrlimit(resource.RLIMIT_FSIZE, (64, resource.RLIM_INFINITY))

    try:
        told.send(f"release {world.publish(run, staged, checkpoint=at).number}")
    except MeshError as error:
        told.send(error.code)
    finally:
        world.close()


def append_until(url: str, root: str, stop: Any) -> None:
    """Body of a publisher process that appends one row after another, numbered like the releases, until told."""
    world = open_world(url, root)
    newest = world.registry.releases.newest_number(world.product.id)
    try:
        while not stop.is_set():
            newest += 1
            assert world.put({"flights": pl.DataFrame({"n": [newest]})}).number == newest
    finally:
        world.close()


def publish_at_once(url: str, root: str, run: Run, staged: list[StagedOutput], barrier: Any, told: Any) -> None:
    """Body of a publisher process that starts together with others."""
    world = open_world(url, root)
    barrier.wait()
    try:
        told.send(world.publish(run, staged).number)
    finally:
        world.close()


def same_everywhere(table: Path, files: list[Path], schema: pa.Schema) -> list[dict[str, Any]]:
    """The rows, after comparing Polars, pyarrow and DuckDB, each through the Delta log or by list of files."""
    from deltalake import DeltaTable

    names = schema.names
    paths = [str(path) for path in files]
    readers: dict[str, Callable[[], Any]] = {
        "pyarrow through the log": lambda: pa.table(DeltaTable(str(table)).to_pyarrow_dataset().to_table()),
        "polars through the log": lambda: pl.read_delta(str(table)).to_arrow(),
        "polars by files": lambda: (
            pl.scan_parquet(paths, schema=pl.from_arrow(schema.empty_table()).schema, missing_columns="insert")
            .collect()
            .to_arrow()
        ),
        "duckdb by files": lambda: duckdb.read_parquet(paths, union_by_name=True).to_arrow_table(),
    }
    seen = {name: sorted(comparable(read().select(names)), key=repr) for name, read in readers.items()}
    first = seen["pyarrow through the log"]
    for name, rows in seen.items():
        assert rows == first, f"{name} differs: {rows[:3]} instead of {first[:3]}"
    return first


def comparable(table: pa.Table) -> list[dict[str, Any]]:
    """The rows as Python values that are equal when they mean the same."""
    return [{name: _plain(value) for name, value in row.items()} for row in to_utc(table).to_pylist()]


def to_utc(table: pa.Table) -> pa.Table:
    """Zones in the schema only say how an instant is shown."""
    fields = [
        pa.field(each.name, pa.timestamp("us", "UTC")) if pa.types.is_timestamp(each.type) and each.type.tz else each
        for each in table.schema
    ]
    return table.cast(pa.schema(fields))


def _plain(value: Any) -> Any:
    """Values without the differences that only representations have: maps as pairs, NaN as a word, 1.0 as 1."""
    if isinstance(value, float):
        return "NaN" if value != value else int(value) if value.is_integer() else value
    if isinstance(value, dict):
        if set(value) == {"key", "value"}:
            return (_plain(value["key"]), _plain(value["value"]))
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        items = [_plain(inner) for inner in value]
        return tuple(items) if isinstance(value, tuple) else items
    return value


KILL, STOP = signal.SIGKILL, signal.SIGSTOP
