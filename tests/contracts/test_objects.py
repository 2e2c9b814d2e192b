"""Checks on object storage answer what they answer here, promise by promise; its complaints become ours."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable, write_deltalake

from mesh_workbench.contracts.document import parse
from mesh_workbench.contracts.evaluate import evaluate, report_on
from mesh_workbench.contracts.place import candidate_at
from mesh_workbench.contracts.plan import plan
from mesh_workbench.contracts.quarantine import Quarantine
from mesh_workbench.errors import MeshError
from mesh_workbench.model.check import Outcome, PromiseResult, QuarantinedRow
from tests.builders import contract
from tests.contracts.test_mutations import CONTRACT, MUTATIONS, PEOPLE, table
from tests.objectstore import SECRET_KEY, ObjectStore


def told(results: list[PromiseResult]) -> list[dict[str, Any]]:
    return [json.loads(result.model_dump_json(exclude={"duration_ms"})) for result in results]


def checked(place: str, text: str = CONTRACT) -> tuple[list[dict[str, Any]], list[QuarantinedRow]]:
    """Every result with its sample, and the rows that would be set aside."""
    kept: list[QuarantinedRow] = []
    candidate = candidate_at(place)
    assert candidate is not None
    foreign = {**candidate.__dict__, "foreign": {"people": PEOPLE}}
    foreign.pop("rows", None)
    report = report_on(parse(text), type(candidate)(**foreign), quarantine=Quarantine(kept.extend, 100), timeout_s=5)
    return told(report.results), kept


def broken_table() -> pa.Table:
    return table({name: column for changed in MUTATIONS.values() for name, column in changed.items()})


def delete_row(folder: Path, row: int) -> None:
    """Mark a row of the table's one file as deleted, as other writers do: with a deletion vector in the log."""
    log = sorted((folder / "_delta_log").glob("*.json"))[-1]
    numbers = struct.pack("<iiHHIH", 12346, 1, 0, 0, 16, row)  # one roaring bitmap with one value
    vector = struct.pack("<iqi", 1681511377, 1, 0) + numbers
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    (added,) = [line["add"] for line in lines if "add" in line]
    told = {"storageType": "i", "pathOrInlineDv": z85(vector), "sizeInBytes": len(vector), "cardinality": 1}
    features = ["deletionVectors"]
    protocol = {"minReaderVersion": 3, "minWriterVersion": 7, "readerFeatures": features, "writerFeatures": features}
    commit = [
        {"protocol": protocol},
        {"remove": {"path": added["path"], "dataChange": True, "deletionTimestamp": 1}},
        {"add": {**added, "deletionVector": told}},
    ]
    log.with_name(f"{int(log.stem) + 1:020d}.json").write_text("\n".join(map(json.dumps, commit)))


def z85(data: bytes) -> str:
    letters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
    data += bytes(-len(data) % 4)
    numbers = struct.unpack(f">{len(data) // 4}I", data)
    return "".join(letters[number // 85**power % 85] for number in numbers for power in (4, 3, 2, 1, 0))


@pytest.mark.parametrize(
    ("form", "broken"),
    [("table", False), *((form, True) for form in ("file", "folder", "table", "partitioned", "deleted from"))],
)
def test_object_storage_gives_the_results_of_the_same_data_here(
    form: str, broken: bool, tmp_path: Path, store: ObjectStore
) -> None:
    data = broken_table() if broken else table()
    here = tmp_path / "data"
    here.mkdir()
    if form in ("file", "folder"):
        size = data.num_rows if form == "file" else 2
        for start in range(0, data.num_rows, size):
            pq.write_table(data.slice(start, size), here / f"{start}.parquet")
        name = "/0.parquet" if form == "file" else ""
    else:
        name = ""
        write_deltalake(here, data.slice(0, 2), partition_by=["size"] if form == "partitioned" else None)
        write_deltalake(here, data.slice(2), mode="append")
        if form == "deleted from":
            twice = pa.concat_tables([data, data.slice(0, 1)]).combine_chunks()  # pieces may swap places
            write_deltalake(here, twice, mode="overwrite")
            delete_row(here, data.num_rows)
    there = store.put(here, f"{store.bucket()}/deep/data")
    local, kept_here = checked(f"{here}{name}")
    remote, kept_there = checked(f"{there}{name}")
    assert remote == local
    assert kept_there == kept_here
    outcomes = {result["outcome"] for result in remote}
    assert ("failed" in outcomes) is broken, outcomes
    assert bool(kept_there) is broken


SIMPLE = contract({"name": "id", "unique": True, "logicalTypeOptions": {"minimum": 1}}, {"name": "note"})


def outcomes(place: str, text: str = SIMPLE) -> dict[str, tuple[Outcome, int | None]]:
    candidate = candidate_at(place)
    assert candidate is not None
    return {r.promise.id: (r.outcome, r.failing_rows) for r in evaluate(parse(text), candidate)}


def test_footers_answer_without_reading_rows_there_too(tmp_path: Path, store: ObjectStore) -> None:
    write_deltalake(tmp_path / "t", pa.table({"id": [1, 2, 3], "note": ["a", "b", None]}))
    candidate = candidate_at(store.put(tmp_path / "t", store.bucket()))
    assert candidate is not None
    doc = parse(contract({"name": "id", "required": True, "logicalTypeOptions": {"minimum": 1}}))
    lines = plan(doc, candidate)
    assert any("footers, without reading" in line and "data.id.required" in line for line in lines), lines
    assert any("least and greatest" in line and "data.id.minimum" in line for line in lines), lines


def test_a_column_that_no_file_has_yet_is_there_and_empty(tmp_path: Path, store: ObjectStore) -> None:
    table_ = tmp_path / "t"
    write_deltalake(table_, pa.table({"id": [1, 2]}))
    late = pa.table({"id": pa.array([], pa.int64()), "note": pa.array([], pa.string()), "d": pa.array([], pa.date32())})
    DeltaTable(table_).alter.add_columns(list(DeltaTable.create(tmp_path / "s", late.schema).schema().fields)[1:])
    text = contract({"name": "note", "required": True, "logicalType": "string"}, {"name": "d", "logicalType": "date"})
    for place in (str(table_), store.put(table_, f"{store.bucket()}/t")):
        found = outcomes(place, text)
        assert found["data.d.logicalType"] == (Outcome.PASSED, None)
        assert found["data.note.required"] == (Outcome.FAILED, 2)


def test_an_empty_table_is_checked(tmp_path: Path, store: ObjectStore) -> None:
    DeltaTable.create(tmp_path / "t", pa.schema([("id", pa.int64()), ("note", pa.string())]))
    found = outcomes(store.put(tmp_path / "t", store.bucket()))
    assert {outcome for outcome, _ in found.values()} == {Outcome.PASSED}


@pytest.mark.parametrize(
    "name",
    ["sp ace", "q?uery", "ha#sh", "pl+us", "st*ar", "br[a]c", "quo'te\"s", "emoji 😀", "semi;c", "am&p=1", "{br}"],
)
def test_hostile_names_of_folders_and_files_are_only_names(name: str, tmp_path: Path, store: ObjectStore) -> None:
    data = pa.table({"id": [1, 1], "note": ["a", "b"]})
    write_deltalake(tmp_path / "t", data)
    folder = tmp_path / "f"
    folder.mkdir()
    pq.write_table(data, folder / f"{name}.parquet")
    bucket = store.bucket()
    here = tmp_path / "here" / name
    (tmp_path / "t").rename(here.parent.mkdir() or here)  # type: ignore[func-returns-value]
    places = [str(here), store.put(here, f"{bucket}/t/{name}"), store.put(folder, f"{bucket}/f/{name}")]
    for place in (*places, f"{bucket}/f/{name}/{name}.parquet"):
        assert outcomes(place)["data.id.unique"] == (Outcome.FAILED, 2), place


def test_other_files_are_read_as_a_whole(tmp_path: Path, store: ObjectStore) -> None:
    (tmp_path / "a.csv").write_text("id,note\n1,x\n1,y\n")
    pl.DataFrame({"id": [1, 1], "note": ["x", "y"]}).write_ipc(tmp_path / "a.arrow")
    bucket = store.put(tmp_path, store.bucket())
    for name in ("a.csv", "a.arrow"):
        assert outcomes(f"{bucket}/{name}/")["data.id.unique"] == (Outcome.FAILED, 2)


def refused(place: str) -> MeshError:
    with pytest.raises(MeshError) as caught:
        outcomes(place)
    error = caught.value
    assert error.hint
    assert SECRET_KEY not in f"{error} {error.where} {error.details}"
    assert "http://" not in error.message
    return error


def test_what_is_not_there_is_named(tmp_path: Path, store: ObjectStore) -> None:
    bucket = store.bucket()
    (tmp_path / "notes.txt").write_text("no data")
    store.put(tmp_path, f"{bucket}/text")
    assert refused("s3://no-such-bucket-here/t").code == "objects.no-bucket"
    assert refused(f"{bucket}/none").code == "file.not-found"
    assert refused(f"{bucket}/none.parquet").code == "file.not-found"
    assert refused(f"{bucket}/text").code == "file.not-data"
    assert refused(f"{bucket}/text/notes.txt").code == "file.not-data"


@pytest.mark.parametrize("partitioned", [False, True])
def test_a_file_that_vanished_ends_the_check(partitioned: bool, tmp_path: Path, store: ObjectStore) -> None:
    data = pa.table({"id": [1, 2], "note": ["a", "a"]})
    write_deltalake(tmp_path / "t", data, partition_by=["note"] if partitioned else None)
    place = store.put(tmp_path / "t", store.bucket())
    (file,) = (tmp_path / "t").rglob("*.parquet")
    store.delete(f"{place}/{file.relative_to(tmp_path / 't')}")
    assert refused(place).code == "objects.not-found"


def test_files_that_are_not_what_they_are_called_are_refused(tmp_path: Path, store: ObjectStore) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1 no footer follows")
    (tmp_path / "t" / "_delta_log").mkdir(parents=True)
    (tmp_path / "t" / "_delta_log" / f"{0:020d}.json").write_text("no JSON")
    bucket = store.put(tmp_path, store.bucket())
    assert refused(f"{bucket}/a.parquet").code == "contract.data-unreadable"
    assert refused(f"{bucket}/t").code == "file.not-data"


def test_a_table_that_hides_its_columns_names_is_refused(tmp_path: Path) -> None:
    table_ = tmp_path / "t"
    write_deltalake(table_, pa.table({"id": [1]}))
    log = table_ / "_delta_log" / f"{0:020d}.json"
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    for line in lines:
        if "metaData" in line:
            line["metaData"]["configuration"]["delta.columnMapping.mode"] = "name"
    log.write_text("\n".join(map(json.dumps, lines)))
    error = refused(str(table_))
    assert error.code == "file.not-data"
    assert "columnMapping" in error.message


def test_who_is_refused_is_told_which_variables_hold_the_keys(tmp_path: Path, store: ObjectStore) -> None:
    write_deltalake(tmp_path / "t", pa.table({"id": [1], "note": ["a"]}))
    place = store.put(tmp_path / "t", store.bucket())
    with store.strict():
        error = refused(place)
    assert (error.code, error.exit_code) == ("objects.refused", 5)
    assert "AWS_SECRET_ACCESS_KEY" in error.hint


def test_missing_keys_are_told_from_wrong_ones(store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    monkeypatch.setenv("AWS_METADATA_ENDPOINT", "http://127.0.0.1:9")
    assert refused("s3://lake/t").code == "objects.no-credentials"


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:9", "http://no-such-host.invalid"])
def test_an_endpoint_that_does_not_answer_is_unavailable(
    endpoint: str, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    error = refused("s3://lake/t")
    assert (error.code, error.exit_code) == ("objects.unreachable", 7)


def test_plain_http_must_be_allowed(store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ALLOW_HTTP")
    assert refused("s3://lake/t").code == "objects.http"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("s3://key:secret@bucket/t", "objects.credentials"),
        ("s3://key@bucket/t", "objects.credentials"),
        ("abfss://box:key@account.dfs.core.windows.net/t", "objects.credentials"),
        ("https://bucket.s3.amazonaws.com/t", "objects.scheme"),
        ("file:///tmp/x.parquet", "objects.scheme"),
        ("s3:///t", "objects.no-name"),
    ],
)
def test_addresses_hold_a_bucket_and_no_secret(url: str, code: str) -> None:
    assert refused(url).code == code


_MEASURED = """
import json, resource, sys
import polars
from mesh_workbench.contracts.candidate import Candidate
from mesh_workbench.contracts.document import parse
from mesh_workbench.contracts.evaluate import evaluate
from mesh_workbench.contracts.place import candidate_at

def peak():
    if sys.platform == "darwin":
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    (line,) = [line for line in open("/proc/self/status") if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024

place, text = sys.argv[1:]
lazy = place.endswith("*")
candidate = Candidate.from_table(polars.scan_parquet(place)) if lazy else candidate_at(place)
before = peak()
results = evaluate(parse(text), candidate, memory_limit="100MB")
print(json.dumps([[result.outcome for result in results], peak() - before]))
"""


@pytest.mark.parametrize("kind", ["object storage", "lazy frame"])
def test_more_data_than_memory_is_checked_in_pieces(kind: str, tmp_path: Path, store: ObjectStore) -> None:
    rows, columns, files = 500_000, 12, 12
    data = pa.table({f"c{column}": pa.repeat(float(column), rows) for column in range(columns)})
    assert data.nbytes * files > 500 * 2**20
    folder = tmp_path / "f"
    folder.mkdir()
    for number in range(files):
        pq.write_table(data, folder / f"{number}.parquet", row_group_size=100_000)
    text = contract(*[{"name": name, "logicalTypeOptions": {"minimum": 0}} for name in data.column_names])
    place = str(folder / "*") if kind == "lazy frame" else store.put(folder, store.bucket())
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, place, text],
        capture_output=True, text=True, check=True, env={**os.environ, "POLARS_MAX_THREADS": "2"},
    )  # fmt: skip
    outcomes_, megabytes = json.loads(done.stdout)
    assert set(outcomes_) == {"passed"}
    assert megabytes < 450
