"""`mesh export` and `mesh import`: a version goes out as a file and comes in from it."""

from __future__ import annotations

from mesh_workbench.model.content import digest_of
from tests.builders import notebook

OUT = 'import mesh_workbench as mesh\nmesh.output("orders", 1)'


def test_a_version_goes_out_as_a_file_and_comes_in_under_another_name(bench_folder, mesh):
    file = bench_folder / "orders.ipynb"
    file.write_text(notebook(OUT))
    assert mesh("promote", str(file), "--to", "sales.orders", "--create-domain", "--yes").code == 0
    said = mesh("export", "sales.orders")
    assert "sales.orders-1.0.0.mesh" in said.out
    written = bench_folder / "sales.orders-1.0.0.mesh"
    told = mesh("export", "sales.orders@1.0.0", "--output", "again.mesh", "--json").json
    assert told["digest"] == digest_of(written.read_bytes())
    assert (bench_folder / "again.mesh").read_bytes() == written.read_bytes()

    taken = mesh("import", str(written), "--to", "archive", "--create-domain")
    assert "Took in archive.orders 1.0.0." in taken.out
    assert "was here already" in mesh("import", str(written), "--to", "archive.orders").out
    assert mesh("import", str(written), "--to", "archive.copy", "--json").json["version"]["version"] == "1.0.0"

    assert mesh("export", "sales.orders@9.0.0").code == 3
    assert mesh("export", "sales.orders", "--output", "nowhere/x.mesh", "--json").problem["code"] == "file.not-written"
    assert mesh("import", "nowhere.mesh", "--to", "archive", "--json").problem["code"] == "file.not-found"
    assert mesh("import", str(file), "--to", "archive", "--json").problem["code"] == "bundle.not-a-bundle"


def test_a_bundle_for_a_domain_that_asks_for_approval_is_proposed(bench_folder, mesh):
    file = bench_folder / "orders.ipynb"
    file.write_text(notebook(OUT))
    assert mesh("promote", str(file), "--to", "sales.orders", "--create-domain", "--yes").code == 0
    assert mesh("export", "sales.orders", "--output", "orders.mesh").code == 0
    assert mesh("domain", "add", "archive").code == 0
    assert mesh("domain", "review", "archive", "--approvals", "1").code == 0
    said = mesh("import", "orders.mesh", "--to", "archive")
    assert "Proposed archive.orders 1.0.0: it waits for 1 approval by domain owner." in said.out
    waiting = mesh("import", "orders.mesh", "--to", "archive", "--json").json
    assert (waiting["state"], waiting["product"]) == ("open", "archive.orders")
    assert "Take in archive.orders 1.0.0 from a bundle" in mesh("review", "show", waiting["id"]).out
