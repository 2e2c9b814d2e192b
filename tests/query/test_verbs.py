"""The verbs of `%mesh` that look into data and runs: sample, profile, runs, explain."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from IPython.core.interactiveshell import InteractiveShell

from mesh_workbench.engine.display import Shown, as_text
from mesh_workbench.errors import MeshError
from mesh_workbench.magics.arguments import leading_options
from mesh_workbench.model.run import Failure, RunState
from mesh_workbench.workbench import open_workbench
from tests import records
from tests.query.conftest import BEGIN, SAMPLES, SmallMesh
from tests.query.shells import magics_root, magics_shell, run_cell

WIDE = pa.table(
    {
        "whole": pa.array([*range(100), None], pa.int64()),
        "real": pa.array([float(x) for x in range(99)] + [float("nan"), float("inf")]),
        "same": pa.array([7] * 101, pa.uint8()),
        "day": pa.array([date(2013, 1, 1) + timedelta(days=x) for x in range(101)]),
        "moment": pa.array([datetime(2013, 1, 1) + timedelta(hours=x) for x in range(101)], pa.timestamp("us")),
        "text": pa.array(["<b>a</b>", "b"] * 50 + [None]),
        "flag": pa.array([True, False] * 50 + [None]),
        "list": pa.array([[1]] * 101),
        "nothing": pa.nulls(101, pa.string()),
        'q"uote': pa.array(range(101), pa.int32()),
    }
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = magics_root(tmp_path_factory.mktemp("verbs"))
    bench = open_workbench(root)
    mesh = SmallMesh(bench.context.registry, bench.context.storage, bench.context.sessions.get())
    mesh.publish("lab.wide", WIDE)
    mesh.publish("lab.samples", SAMPLES)
    mesh.publish("lab.empty", WIDE.slice(0, 0))
    version = records.known_version(bench.context.registry, "fleet.planes")
    failure = Failure(failure_class="contract", code="run.breached", message="<i>2 of 3</i> promises were broken.")
    slot = records.slot(mesh.registry.products.get("fleet", "planes"))  # type: ignore[arg-type]
    times = {"started": BEGIN, "finished": BEGIN + timedelta(seconds=90)}
    mesh.registry.runs.add(records.run(version, state=RunState.FAILED, failure=failure, slot=slot.time, **times))
    mesh.registry.runs.add(records.run(version))
    bench.close()
    return root


@pytest.fixture
def shell(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    yield from magics_shell(root, monkeypatch)


def _profile(shell: InteractiveShell, name: str) -> dict[str, dict[str, object]]:
    return {str(row["column"]): row for row in run_cell(shell, f"%mesh profile {name}").rows}  # type: ignore[attr-defined]


def test_a_profile_counts_nulls_and_distinct_values_and_knows_the_bounds(shell: InteractiveShell) -> None:
    found = _profile(shell, "lab.wide")
    assert list(found) == WIDE.column_names
    assert [found["whole"][fact] for fact in ("type", "nulls", "least", "most")] == ["bigint", 1, "0", "99"]
    assert abs(int(str(found["whole"]["distinct"])) - 100) < 15
    assert [found["text"][fact] for fact in ("nulls", "distinct", "least", "most")] == [1, 2, "<b>a</b>", "b"]
    assert [found["day"][fact] for fact in ("least", "most")] == ["2013-01-01", "2013-04-11"]
    assert [found["nothing"][fact] for fact in ("nulls", "distinct", "least", "spread")] == [101, 0, None, ""]
    assert [found["list"][fact] for fact in ("nulls", "distinct", "least", "spread")] == [0, None, None, ""]
    assert found['q"uote']["most"] == "100"


def test_a_profile_draws_how_values_spread(shell: InteractiveShell) -> None:
    found = _profile(shell, "lab.wide")
    for even in ("whole", "day", "moment", "real"):
        assert set(str(found[even]["spread"])) <= set("▆▇█"), even
        assert len(str(found[even]["spread"])) == 12
    assert found["same"]["spread"] == ""  # one value has no spread
    skewed = _profile(shell, "lab.samples")["taken"]["spread"]
    assert str(skewed).startswith("█")
    assert "▁" in str(skewed)


def test_a_profile_of_nothing_is_one_of_nulls(shell: InteractiveShell) -> None:
    found = _profile(shell, "lab.empty")
    assert {row["nulls"] for row in found.values()} == {0}
    assert {row["spread"] for row in found.values()} == {""}


def test_a_profile_says_of_what_it_is_and_escapes_what_is_in_it(shell: InteractiveShell) -> None:
    shown = run_cell(shell, "%mesh profile lab.wide")
    assert "10 columns · 101 rows · distinct values are estimated · read at" in repr(shown)
    assert "<b>" not in shown._repr_html_()  # type: ignore[attr-defined]
    assert "<b>" not in shown._repr_markdown_()  # type: ignore[attr-defined]


def test_a_sample_shows_the_first_rows(shell: InteractiveShell) -> None:
    assert "first 10 of 1,234 rows" in repr(run_cell(shell, "%mesh sample fleet.many"))
    assert len(run_cell(shell, "%mesh sample fleet.many 3").rows) == 3  # type: ignore[attr-defined]
    assert repr(run_cell(shell, "%mesh sample lab.empty")) == "lab.empty has no rows."


def test_runs_are_listed_with_how_they_ended_and_why(shell: InteractiveShell) -> None:
    shown = run_cell(shell, "%mesh runs fleet.planes")
    states = {row["state"]: row for row in shown.rows}  # type: ignore[attr-defined]
    assert set(states) == {"failed", "queued"}
    assert [states["failed"][fact] for fact in ("product", "seconds", "why")] == [
        "fleet.planes",
        90.0,
        "<i>2 of 3</i> promises were broken.",
    ]
    assert "<i>" not in shown._repr_html_()  # type: ignore[attr-defined]
    assert repr(shown).endswith("2 runs")
    assert repr(run_cell(shell, "%mesh runs lab.wide")) == "lab.wide never ran."


def test_lists_say_their_sentences_whole_and_no_types(shell: InteractiveShell) -> None:
    long = "A product whose title is a sentence that is longer than a cell of data would be, and is read to its end."
    registry = open_workbench(Path(os.environ["MESH_WORKBENCH"])).context.registry
    product = registry.products.get("lab", "wide")
    assert product is not None
    registry.products.change(product.id, title=long)
    found = run_cell(shell, "%mesh search lab")
    assert long in found._repr_html_()  # type: ignore[attr-defined]
    assert long in found._repr_markdown_()  # type: ignore[attr-defined]
    assert "bigint" not in repr(found)
    assert "varchar" not in repr(run_cell(shell, "%mesh runs"))
    assert max(len(line) for line in repr(found).splitlines()) <= 180
    runs = run_cell(shell, "%mesh runs")  # that still wait have no release and no duration
    assert "null" not in f"{runs!r}{runs._repr_html_()}{runs._repr_markdown_()}"  # type: ignore[attr-defined]


def test_a_list_that_is_wider_than_a_line_has_shorter_sentences_and_all_columns(shell: InteractiveShell) -> None:
    shown = Shown(("a", "b", "c"), ("", "", ""), [["x" * 300] * 3], total=1, of_data=False)
    head, _, row, _ = as_text(shown).splitlines()
    assert head.split() == ["a", "b", "c"]
    assert len(row) == 3 * 45 + 4


def test_a_moment_that_has_not_come_is_no_time_for_a_notebook(shell: InteractiveShell) -> None:
    with pytest.raises(MeshError) as refused:
        run_cell(shell, "%mesh as-of 2099-01-01")
    assert refused.value.code == "query.future-moment"
    assert run_cell(shell, "%mesh as-of").title == "This notebook reads products as they are now"  # type: ignore[attr-defined]


def test_explain_tells_what_a_statement_would_read_and_computes_nothing(shell: InteractiveShell) -> None:
    shell.user_ns.update(least=160, mine=[{"tailnum": "N1"}])
    asked = "SELECT f.day, error('never') FROM flight_ops.flights f JOIN mine USING (tailnum) WHERE f.carrier = 'AA'"
    facts = run_cell(shell, f"%mesh explain {asked}").facts  # type: ignore[attr-defined]
    assert "flight_ops.flights release 1 (1.0.0)" in facts["origin"]
    assert "your frame mine (1 row)" in facts["origin"]
    [files] = [text for name, text in facts.items() if name.endswith("files")]
    assert "carrier = 'AA'" in files
    assert "dep_delay" not in files
    assert any(name.endswith("frame") for name in facts)
    bound = run_cell(shell, "%mesh explain SELECT * FROM fleet.planes WHERE seats > $least").facts  # type: ignore[attr-defined]
    assert "seats > 160" in str(bound)


@pytest.mark.parametrize(
    ("line", "code", "hint"),
    [
        ("%mesh explain SELECT carier FROM flight_ops.flights", "query.unknown-column", "Did you mean carrier?"),
        ("%mesh explain SELECT * FROM fleet.plans", "query.unknown-product", "Did you mean fleet.planes?"),
        ("%mesh explain DROP TABLE x", "query.not-allowed", "SELECT"),
        ("%mesh explain", "magic.arguments", "Usage"),
        ("%mesh profile fleet.plans", "query.unknown-product", "Did you mean fleet.planes?"),
        ("%mesh profile fleet.planes.seats", "query.unknown-port", "planes"),
        ("%mesh sample fleet.plans", "query.unknown-product", "Did you mean fleet.planes?"),
        ("%mesh sample planes", "name.not-a-port", "Did you mean fleet.planes?"),
        ("%mesh show planes", "name.not-a-product", "Did you mean fleet.planes?"),
        ("%mesh show fleet.planes.planes", "name.not-a-product", "DOMAIN.PRODUCT"),
        ("%mesh nonsense", "magic.unknown-verb", "%mesh help"),
        ("%mesh sample fleet.planes many", "magic.arguments", "Usage"),
        ("%mesh sample fleet.planes 0", "magic.arguments", "Usage"),
        ("%mesh runs fleet.plans", "product.unknown", "Did you mean fleet.planes?"),
        ("%mesh sql --as-of soon SELECT 1", "query.bad-time", "2013"),
        ("%mesh sql --limt 3 SELECT 1", "magic.arguments", "Did you mean --limit?"),
        ("%mesh sql --polar SELECT 1", "magic.arguments", "Did you mean --polars?"),
        ("%mesh profil fleet.planes", "magic.unknown-verb", "Did you mean profile?"),
    ],
)
def test_wrong_use_is_explained(line: str, code: str, hint: str, shell: InteractiveShell) -> None:
    with pytest.raises(MeshError) as caught:
        run_cell(shell, line)
    assert caught.value.code == code
    assert hint in caught.value.hint


def test_a_statement_in_one_line_takes_the_options_of_a_cell(shell: InteractiveShell) -> None:
    assert len(run_cell(shell, "%mesh sql --limit 3 SELECT * FROM fleet.many")) == 3  # type: ignore[arg-type]
    frame = run_cell(shell, "%mesh sql --limit=2 --polars SELECT * FROM fleet.many")
    assert type(frame).__name__ == "DataFrame"
    assert leading_options("-- a remark") == ("", "-- a remark")
    assert leading_options("--as-of '2013-01-01 12:00' SELECT 1") == ("--as-of '2013-01-01 12:00' ", "SELECT 1")
