"""The command line on object storage: the same answers and exit codes as on files, and never a secret."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import write_deltalake

from tests.builders import contract
from tests.cli.conftest import Mesh, Said
from tests.objectstore import SECRET_KEY, ObjectStore


@pytest.fixture
def orders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A contract, where no workbench is."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MESH_WORKBENCH", raising=False)
    text = contract(
        {"name": "id", "primaryKey": True, "required": True}, {"name": "price", "logicalTypeOptions": {"minimum": 0}}
    )
    Path("orders.odcs.yaml").write_text(text)
    return "orders.odcs.yaml"


def timeless(said: Said) -> list[dict[str, object]]:
    return [{name: value for name, value in result.items() if name != "duration_ms"} for result in said.json["results"]]


def test_a_table_on_object_storage_is_checked_without_a_workbench(orders: str, mesh: Mesh, store: ObjectStore) -> None:
    write_deltalake("good", pa.table({"id": [1, 2], "price": [1.0, 2.0]}))
    write_deltalake("bad", pa.table({"id": [1, 1], "price": [1.0, -2.0]}))
    bucket = store.put(Path(), store.bucket())
    good = mesh("contract", "check", orders, "--data", f"{bucket}/good")
    assert (good.code, good.err) == (0, "")
    bad = mesh("contract", "check", orders, "--data", f"{bucket}/bad", "--json")
    assert bad.code == 6
    assert bad.json["outcome"] == "breached"
    local = mesh("contract", "check", orders, "--data", "bad", "--json")
    assert timeless(bad) == timeless(local)
    planned = mesh("contract", "explain", orders, "--plan", f"{bucket}/bad")
    assert "Settled by the files' footers, without reading a row: data.id.required" in planned.out
    assert SECRET_KEY not in good.out + bad.out + bad.err + planned.out


@pytest.mark.parametrize(
    ("data", "endpoint", "code", "exit_code"),
    [
        ("s3://no-such-bucket-here/t", "", "objects.no-bucket", 3),
        ("s3://lake/t", "http://127.0.0.1:9", "objects.unreachable", 7),
        (f"s3://key:{SECRET_KEY}@lake/t", "", "objects.credentials", 2),
    ],
)
def test_what_object_storage_complains_about_is_said_in_our_words(
    data: str, endpoint: str, code: str, exit_code: int, orders: str, mesh: Mesh, store: ObjectStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    if endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    said = mesh("contract", "check", orders, "--data", data, "--json")
    assert (said.code, said.problem["code"]) == (exit_code, code)
    assert said.problem["hint"]
    assert SECRET_KEY not in said.out + said.err


def test_a_contract_is_proposed_from_a_table_on_object_storage(
    bench_folder: Path, mesh: Mesh, store: ObjectStore
) -> None:
    write_deltalake(bench_folder / "orders", pa.table({"id": [1, 2], "price": [1.0, 2.0]}))
    url = store.put(bench_folder / "orders", f"{store.bucket()}/orders")
    said = mesh("contract", "infer", url, "-o", "orders.odcs.yaml")
    assert said.code == 0, said.err
    assert mesh("contract", "check", "orders.odcs.yaml", url).code == 0
