"""One specification of parameters, whatever door a value comes through."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from mesh_workbench.cli import make_app
from mesh_workbench.cli.boundary import run as command_line
from mesh_workbench.errors import MeshError
from mesh_workbench.magics.line import run_line
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.run import RunRequest
from mesh_workbench.notebooks.fixes import apply_fix
from mesh_workbench.workbench.current import _open
from mesh_workbench.workbench.local import LocalWorkbench
from tests.builders import notebook

SOURCE = "import mesh_workbench as mesh\nmesh.output('orders', frame)"
PARAMETERS = (
    "from typing import Annotated, Literal\nfrom pydantic import Field\n"
    "month: Annotated[int, Field(ge=1, le=12)] = 1\ncountry: Literal['ES', 'PT'] = 'ES'  # where\nday = None\n"
    "token: Annotated[mesh.Secret, 'env:B'] = mesh.secret('env:A')"
)
METADATA = {"mesh": {"presets": {"summer": {"month": 7, "country": "PT"}}}}


Ask = Callable[[dict[str, Any], str | None], Any]
"""Ask for a run with values and a preset; gives the parameters of the run, or the code of the error."""


@pytest.fixture
def promoted(bench: LocalWorkbench, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalWorkbench]:
    monkeypatch.setenv("MESH_WORKBENCH", str(bench.context.settings.root))
    text = notebook(SOURCE, parameters=PARAMETERS, metadata=METADATA)
    bench.products.promote(PromotionRequest(notebook=text, to="sales.orders"))
    yield bench
    _open.cache_clear()


@pytest.fixture(params=["python", "command line", "magic"])
def ask(request: pytest.FixtureRequest, promoted: LocalWorkbench, capfd: pytest.CaptureFixture[str]) -> Ask:
    def python(values: dict[str, Any], preset: str | None) -> Any:
        try:
            asked = RunRequest(product="sales.orders", parameters=values, preset=preset)
            return promoted.runs.request(asked).parameters
        except MeshError as error:
            return error.code

    def shell(values: dict[str, Any], preset: str | None) -> Any:
        given = [word for name, value in values.items() for word in ("-p", f"{name}={value}")]
        named = [] if preset is None else ["--preset", preset]
        capfd.readouterr()
        code = command_line(make_app(), ["run", "sales.orders", *given, *named, "--json"])
        out, err = capfd.readouterr()
        return json.loads(err)["code"] if code else json.loads(out)["parameters"]

    def magic(values: dict[str, Any], preset: str | None) -> Any:
        given = [shlex.quote(f"{name}={value}") for name, value in values.items()]
        named = [] if preset is None else [f"--preset={preset}"]
        try:
            run_line(" ".join(["run", "sales.orders", *given, *named]), {})
        except MeshError as error:
            return error.code
        return promoted.runs.list().items[0].parameters

    doors: dict[str, Ask] = {"python": python, "command line": shell, "magic": magic}
    return doors[request.param]


def test_every_door_takes_and_refuses_the_same(ask: Ask) -> None:
    assert ask({"month": 3, "country": "PT"}, None) == {"month": 3, "country": "PT"}
    assert ask({}, "summer") == {"month": 7, "country": "PT"}
    assert ask({"month": 8}, "summer") == {"month": 8, "country": "PT"}
    assert ask({"mont": 3}, None) == "parameter.unknown"
    assert ask({"month": 13}, None) == "parameter.range"
    assert ask({"month": "March"}, None) == "parameter.type"
    assert ask({"country": "FR"}, None) == "parameter.choice"
    assert ask({"token": "env:B"}, None) == {"token": "env:B"}
    assert ask({"token": "env:HOME"}, None) == "parameter.choice"
    assert ask({"token": "hunter2"}, None) == "parameter.type"
    assert ask({}, "sumer") == "parameter.unknown-preset"


def test_the_magic_takes_variables_of_the_notebook(promoted: LocalWorkbench) -> None:
    said = repr(run_line("run sales.orders month=$m day=$d", {"m": 4, "d": date(2013, 4, 1)}))
    [run] = promoted.runs.list().items
    assert run.parameters == {"month": 4, "day": "2013-04-01"}
    assert run.id in said
    with pytest.raises(MeshError) as refused:
        run_line("run sales.orders month=$mm", {"m": 4})
    assert refused.value.code == "query.unknown-variable"


def test_a_product_shows_what_can_be_set(promoted: LocalWorkbench, capfd: pytest.CaptureFixture[str]) -> None:
    assert command_line(make_app(), ["product", "show", "sales.orders"]) == 0
    out = capfd.readouterr().out
    for words in ("1 to 12", 'one of "ES", "PT"', "where", 'Preset summer: month=7, country="PT"'):
        assert words in out


def test_an_input_that_is_misspelt_is_an_error_that_mends_itself(bench: LocalWorkbench) -> None:
    bench.products.promote(PromotionRequest(notebook=notebook(SOURCE), to="sales.orders"))
    text = notebook("import mesh_workbench as mesh", "ü = mesh.read('sales.ordres').polars()", "mesh.output('x', ü)")
    plan = bench.products.plan(PromotionRequest(notebook=text, to="sales.copies"))
    assert not plan.may_promote
    finding = plan.analysis.findings[0]
    assert (finding.code, finding.cell, finding.hint) == ("promote.unknown-input", 1, "Did you mean sales.orders?")
    assert finding.fix is not None
    mended = bench.products.plan(PromotionRequest(notebook=apply_fix(text, finding.fix), to="sales.copies"))
    assert mended.may_promote
    assert [read.port for read in mended.analysis.inputs] == ["sales.orders"]
