"""A contract of several objects is checked one object at a time, and never the wrong one in silence."""

from __future__ import annotations

from pathlib import Path

from tests.builders import contract, notebook
from tests.cli.conftest import Mesh


def test_the_object_is_the_one_named_or_called_as_the_data(mesh: Mesh, tmp_path: Path) -> None:
    orders = {"name": "orders", "properties": [{"name": "n", "required": True}]}
    text = contract("id", name="customers", objects=[orders])
    (tmp_path / "c.odcs.yaml").write_text(text, encoding="utf-8")
    for name in ("orders", "delivery"):
        (tmp_path / f"{name}.csv").write_text("n,m\n1,1\n,2\n", encoding="utf-8")
    document, called, other = (str(tmp_path / name) for name in ("c.odcs.yaml", "orders.csv", "delivery.csv"))

    checked = mesh("contract", "check", document, "--data", called, "--json")
    broken = [result["promise"] for result in checked.json["results"] if result["outcome"] == "failed"]
    assert broken == ["orders.n.required"]
    unclear = mesh("contract", "check", document, "--data", other, "--json")
    assert (unclear.code, unclear.problem["code"]) == (2, "contract.no-object")
    assert "customers, orders" in unclear.problem["hint"]
    assert mesh("contract", "check", document, "--data", other, "--object", "orders", "--json").code == 6
    assert mesh("contract", "check", document, "--data", other, "--object", "ordres", "--json").code == 2


def test_a_product_is_explained_as_a_file_is(mesh: Mesh, bench_folder: Path) -> None:
    cell = "import mesh_workbench as mesh\nimport polars as pl\nmesh.output('daily', pl.DataFrame({'n': [1]}))"
    Path("daily.ipynb").write_text(notebook(cell), encoding="utf-8")
    Path("daily.odcs.yaml").write_text(contract("n", name="daily"), encoding="utf-8")
    assert mesh("domain", "add", "sales").code == 0
    assert mesh("promote", "daily.ipynb", "--to", "sales.daily", "--contract", "daily.odcs.yaml", "--yes").code == 0
    assert mesh("contract", "explain", "sales.daily").out == mesh("contract", "explain", "daily.odcs.yaml").out
