"""The verbs, on a real workbench: what they answer, and what they answer to bad input."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.builders import notebook

ORDERS = notebook(
    "# Orders\n\nEvery order, one row each.",
    "import polars as pl\nimport mesh_workbench as mesh",
    'mesh.output("orders", pl.DataFrame({"order": [1, 2], "amount": [1.5, 2.5], "country": [country] * 2}))',
    parameters='country = "ES"  # whose orders',
)


@pytest.fixture
def orders(bench_folder: Path) -> Path:
    file = bench_folder / "orders.ipynb"
    file.write_text(ORDERS, encoding="utf-8")
    return file


@pytest.fixture
def promoted(orders: Path, mesh) -> Path:
    assert mesh("domain", "add", "sales").code == 0
    assert mesh("promote", str(orders), "--to", "sales.orders", "--yes").code == 0
    return orders


def test_init_makes_a_workbench_once(bench_folder, mesh):
    assert (bench_folder / "mesh.toml").is_file()
    again = mesh("init", str(bench_folder), "--json")
    assert again.code == 4
    assert again.problem["code"] == "workbench.exists"


def test_outside_a_workbench_a_verb_says_how_to_get_one(tmp_path, mesh, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MESH_WORKBENCH", raising=False)
    said = mesh("product", "list")
    assert said.code == 3
    assert "error[workbench.not-found]" in said.err
    assert "mesh init" in said.err


def test_a_registry_that_does_not_answer_is_unavailable_and_nothing_is_half_made(tmp_path, mesh):
    url = "postgresql://nobody:secret@127.0.0.1:9/mesh"
    said = mesh("init", str(tmp_path / "new"), "--registry", url, "--json")
    assert said.code == 7
    assert said.problem["code"] in ("registry.unreachable", "registry.no-driver")
    assert "secret" not in said.err
    assert not (tmp_path / "new" / "mesh.toml").exists()


def test_a_setting_that_does_not_exist_is_refused(bench_folder, mesh):
    (bench_folder / "mesh.toml").write_text("colour = 'red'\n", encoding="utf-8")
    said = mesh("domain", "list", "--json")
    assert (said.code, said.problem["code"]) == (2, "settings.invalid")


def test_domains_are_added_listed_and_shown(bench_folder, mesh):
    added = mesh("domain", "add", "sales", "--title", "Sales", "--json")
    assert added.code == 0
    assert added.json["name"] == "sales"
    listed = mesh("domain", "list", "--json").json
    assert [domain["name"] for domain in listed["items"]] == ["sales"]
    assert listed["next"] is None
    assert "Sales" in mesh("domain", "show", "sales").out


@pytest.mark.parametrize(
    ("name", "code", "exit_code"),
    [("Sales Team", "name.invalid", 2), ("select", "name.reserved", 2), ("sales", "domain.exists", 4)],
)
def test_a_domain_name_that_is_wrong_reserved_or_taken_is_refused(bench_folder, mesh, name, code, exit_code):
    mesh("domain", "add", "sales")
    said = mesh("domain", "add", name, "--json")
    assert (said.code, said.problem["code"]) == (exit_code, code)
    assert said.problem["hint"]


def test_a_dry_run_shows_the_plan_and_stores_nothing(orders, mesh):
    mesh("domain", "add", "sales")
    said = mesh("promote", str(orders), "--to", "sales.orders", "--dry-run")
    assert said.code == 0
    assert "1.0.0" in said.out
    assert mesh("product", "list", "--json").json["items"] == []


def test_promoting_asks_first_and_does_nothing_where_nobody_can_answer(orders, mesh):
    mesh("domain", "add", "sales")
    said = mesh("promote", str(orders), "--to", "sales.orders", "--json")
    assert (said.code, said.problem["code"]) == (2, "cli.not-confirmed")
    assert mesh("product", "list", "--json").json["items"] == []


def test_promoting_the_same_notebook_again_makes_no_version(promoted, mesh):
    again = mesh("promote", str(promoted), "--to", "sales.orders", "--yes", "--json")
    assert again.code == 0
    assert again.json["status"] == "unchanged"


@pytest.mark.parametrize(
    ("text", "code"),
    [("this is no notebook", "notebook.not-a-notebook"), ('{"cells": 1}', "notebook.not-a-notebook")],
)
def test_what_is_no_notebook_is_refused(bench_folder, mesh, text, code):
    mesh("domain", "add", "sales")
    (bench_folder / "bad.ipynb").write_text(text, encoding="utf-8")
    said = mesh("promote", "bad.ipynb", "--to", "sales.orders", "--yes", "--json")
    assert (said.code, said.problem["code"]) == (2, code)


@pytest.mark.parametrize(
    "text",
    [
        notebook("import mesh_workbench as mesh", parameters="a = 1"),
        notebook('mesh.output("orders" ', parameters="a = 1"),
    ],
    ids=["without outputs", "with a syntax error"],
)
def test_a_notebook_that_cannot_become_a_product_is_refused_with_a_hint(bench_folder, mesh, text):
    mesh("domain", "add", "sales")
    (bench_folder / "bad.ipynb").write_text(text, encoding="utf-8")
    said = mesh("promote", "bad.ipynb", "--to", "sales.orders", "--yes")
    assert said.code in (2, 4)
    assert "hint:" in said.err
    assert mesh("product", "list", "--json").json["items"] == []


@pytest.mark.parametrize(
    ("to", "code", "exit_code"),
    [("orders", "name.not-a-product", 2), ("sales.Orders", "name.invalid", 2), ("nowhere.orders", "domain.unknown", 3)],
)
def test_a_product_name_that_cannot_be_is_refused(orders, mesh, to, code, exit_code):
    mesh("domain", "add", "sales")
    said = mesh("promote", str(orders), "--to", to, "--yes", "--json")
    assert (said.code, said.problem["code"]) == (exit_code, code)


def test_a_contract_that_is_not_yaml_not_odcs_or_of_other_columns_is_refused(orders, mesh):
    mesh("domain", "add", "sales")
    for text, code in (("a: [", "contract.not-yaml"), ("a: 1", "contract.not-odcs")):
        Path("orders.odcs.yaml").write_text(text, encoding="utf-8")
        said = mesh("promote", str(orders), "--to", "sales.orders", "--contract", "orders.odcs.yaml", "--yes", "--json")
        assert (said.code, said.problem["code"]) == (2, code)
        assert mesh("contract", "lint", "orders.odcs.yaml").code == 2


@pytest.mark.slow
def test_a_product_is_run_read_checked_and_scheduled(promoted, mesh):
    ran = mesh("run", "sales.orders", "-p", "country=PT", "--wait", "--json")
    assert ran.code == 0, ran.err
    assert ran.json["state"] == "succeeded"
    assert {"id", "product", "version", "slot", "trigger", "state", "failure", "started", "finished"} <= set(ran.json)

    rows = mesh("sql", "SELECT * FROM sales.orders ORDER BY amount", "--format", "json").json
    assert rows == [{"order": 1, "amount": 1.5, "country": "PT"}, {"order": 2, "amount": 2.5, "country": "PT"}]
    bound = mesh("sql", "SELECT amount FROM sales.orders WHERE amount > $least", "--param", "least=2", "--json")
    assert bound.json == [{"amount": 2.5}]
    assert mesh("sql", "SELECT amount FROM sales.orders", "--format", "csv", "-o", "a.csv").code == 0
    assert len(Path("a.csv").read_text(encoding="utf-8").splitlines()) == 3

    first = mesh("sql", "SELECT * FROM sales.orders ORDER BY amount", "--release", "sales.orders=1", "--json")
    assert first.json == rows
    assert "no release 7" in mesh("sql", "SELECT * FROM sales.orders", "--release", "sales.orders=7").err
    assert "sales.orders=3" in mesh("sql", "SELECT * FROM sales.orders", "--release", "sales.orders=new").err
    unknown = mesh("sql", "SELECT * FROM sales.ordres", "--json")
    assert unknown.code == 3
    assert "sales.orders" in unknown.problem["hint"]

    checked = mesh("contract", "check", "sales.orders", "--json")
    assert checked.code == 0
    assert {result["outcome"] for result in checked.json["results"]} == {"passed"}
    assert mesh("contract", "infer", "sales.orders", "-o", "orders.odcs.yaml").code == 0
    assert mesh("contract", "lint", "orders.odcs.yaml").code == 0
    Path("bad.csv").write_text("order,amount,country\n1,2.5,PT\n1,much,PT\n", encoding="utf-8")
    breached = mesh("contract", "check", "orders.odcs.yaml", "bad.csv", "--json")
    assert breached.code == 6
    assert breached.json["outcome"] == "breached"
    Path("empty.csv").write_text('order,amount,country\n1,2.5,\n2,2.5,""\n', encoding="utf-8")
    empty = mesh("contract", "check", "orders.odcs.yaml", "empty.csv", "--json")
    failed = {one["promise"]: one for one in empty.json["results"] if one["outcome"] in ("failed", "warned")}
    assert failed["orders.country.required"]["observed"] == 1  # only "" is the empty text

    scheduled = mesh("schedule", "set", "sales.orders", "--cron", "0 6 * * *", "--timezone", "Europe/Madrid", "--json")
    assert scheduled.json["next_fire"]
    assert mesh("schedule", "pause", "sales.orders", "--reason", "the source moves", "--json").json["paused"] is True
    assert mesh("schedule", "resume", "sales.orders", "--json").json["paused"] is False
    assert len(mesh("schedule", "preview", "0 6 * * *", "--count", "5", "--json").json["items"]) == 5
    every = mesh(
        "schedule", "set", "sales.orders", "--every", "hour", "--catch-up", "all", "--grace", "2 hours", "--json"
    )
    assert (every.json["every"], every.json["cron"], every.json["grace"]) == ("PT1H", None, "PT2H")
    shown = mesh("schedule", "show", "sales.orders", "--zone", "Asia/Tokyo")
    assert "Every hour, UTC." in shown.out
    assert shown.out.count("JST, in ") == 3
    assert len(mesh("schedule", "show", "sales.orders", "--json").json["preview"]["slots"]) == 3
    filled = mesh("schedule", "preview", "--every", "day", "--for", "sales.orders", "-p", "country={slot.start:%Y}")
    assert "country=20" in filled.out
    refused = mesh("schedule", "preview", "0 6 * * *", "--every", "day", "--json")
    assert (refused.code, refused.problem["code"]) == (2, "schedule.several-kinds")
    assert mesh("schedule", "pause", "sales", "--until", "2999-01-01", "--json").json["schedules"] == 1
    assert "goes on" in mesh("schedule", "resume", "sales").out
    assert mesh("schedule", "slots", "sales.orders", "--json").json == {"items": [], "next": None}
    assert mesh("schedule", "remove", "sales.orders", "--json").json["next_fire"] is None
    assert mesh("schedule", "show", "sales.orders", "--json").code == 3

    listed = mesh("runs", "sales.orders", "--json").json["items"]
    assert [run["id"] for run in listed] == [ran.json["id"]]
    checks = listed[0]["checks"]
    assert checks["passed"] > 0
    assert f"{checks['passed']}/{sum(checks.values())}" in mesh("runs", "sales.orders").out
    assert ran.json["id"] in mesh("runs", ran.json["id"]).out
    assert mesh("cancel", ran.json["id"]).code == 4
    assert mesh("retry", ran.json["id"]).code == 4
    assert mesh("doctor", "--json").code == 0


def test_what_a_version_froze_is_shown(promoted, mesh):
    said = mesh("product", "show", "sales.orders", "--version", "newest")
    assert "distributions, sha256:" in said.out
    assert "roles sha256:" in said.out
    assert mesh("product", "show", "sales.orders", "--version", "1.0.0", "--json").json["environment"]["lock"]
    assert mesh("product", "show", "sales.orders", "--version", "9.0.0", "--json").code == 3


def test_a_wrong_parameter_is_refused_before_anything_runs(promoted, mesh):
    said = mesh("run", "sales.orders", "-p", "contry=PT", "--json")
    assert (said.code, said.problem["code"]) == (2, "parameter.unknown")
    assert "country" in said.problem["hint"]
    assert mesh("runs", "--json").json["items"] == []


@pytest.mark.parametrize("option", [("--quarantine",), ("--log",), ("--html", "page.html")])
@pytest.mark.parametrize("which", [(), ("sales.orders",)])
def test_what_one_run_is_asked_for_is_refused_without_a_run(promoted, mesh, which, option):
    said = mesh("runs", *which, *option, "--json")
    assert (said.code, said.problem["code"]) == (2, "cli.no-run")
    assert f"mesh runs RUN {option[0]}" in said.problem["hint"]


def test_an_unknown_product_offers_the_nearest(promoted, mesh):
    for arguments in (("product", "show", "sales.ordres"), ("run", "sales.ordres"), ("runs", "sales.ordres")):
        said = mesh(*arguments, "--json")
        assert said.code == 3
        assert "sales.orders" in said.problem["hint"]


def test_grants_are_given_listed_taken_back_and_audited(promoted, mesh):
    given = mesh("access", "grant", "sales.orders", "ana", "--purpose", "report", "--json").json
    assert [grant["id"] for grant in mesh("access", "list", "sales.orders", "--json").json["items"]] == [given["id"]]
    assert mesh("access", "revoke", given["id"], "--json").json["revoked"]
    actions = [record["action"] for record in mesh("audit", "list", "--json").json["items"]]
    assert {"access.grant", "access.revoke", "product.promote"} <= set(actions)


def test_retiring_asks_first(promoted, mesh):
    assert mesh("product", "retire", "sales.orders", "--reason", "not used").code == 2
    retired = mesh("product", "retire", "sales.orders", "--reason", "not used", "--yes", "--json")
    assert retired.json["status"] == "retired"
    assert mesh("run", "sales.orders", "--json").code == 4


def test_the_registry_is_upgraded_and_copied(bench_folder, mesh):
    assert mesh("registry", "upgrade", "--json").json["upgraded"] is False
    copied = mesh("registry", "backup", "copy.db", "--json")
    assert copied.json["bytes"] > 0
    assert mesh("registry", "backup", "copy.db", "--json").problem["code"] == "registry.backup-exists"


def test_search_answers_with_where_the_words_were(promoted, mesh):
    found = mesh("product", "search", "amount", "--json")
    assert found.code == 0
    assert json.dumps(found.json)  # columns are known once there is a contract: nothing is promised before


def test_lab_says_what_is_missing_or_where_it_opens(tmp_path, mesh):
    assert mesh("lab", str(tmp_path), "--json").problem["code"] == "workbench.not-found"


def test_only_an_older_major_version_has_a_date_of_its_own(promoted, mesh):
    alone = mesh("product", "deprecate", "sales.orders", "--major", "1", "--reason", "Too old")
    assert alone.code == 2
    assert "--major needs --until" in alone.err
    current = mesh(
        "product", "deprecate", "sales.orders", "--major", "1", "--until", "2999-01-01", "--reason", "Too old"
    )
    assert current.code == 3
    assert "has no older major version 1 beside 1.0.0" in current.err
