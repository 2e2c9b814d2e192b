"""The form of a product: what it asks for, what it refuses, and the run that it follows."""

from __future__ import annotations

from typing import Any

import pytest

import mesh_workbench as mesh
from mesh_workbench.errors import NotFound
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.run import RunState
from mesh_workbench.panels.form_panel import FormPanel
from mesh_workbench.workbench.current import _open
from mesh_workbench.workbench.local import LocalWorkbench
from tests.builders import notebook
from tests.workbench.conftest import work_until_idle

PARAMETERS = (
    "from typing import Annotated, Literal\nfrom pydantic import Field\n"
    "month: Annotated[int, Field(ge=1, le=12)] = 1  # which month\n"
    "country: Literal['ES', 'PT']\nwhole = False\nany_of = None"
)
SOURCE = "import mesh_workbench as mesh\nmesh.output('orders', [{'id': month, 'country': country}])"
PRESETS = {"mesh": {"presets": {"summer": {"month": 7, "country": "PT"}}}}


@pytest.fixture
def panel(bench: LocalWorkbench) -> FormPanel:
    text = notebook(SOURCE, parameters=PARAMETERS, metadata=PRESETS)
    bench.products.promote(PromotionRequest(notebook=text, to="sales.orders"))
    return FormPanel(bench, "sales.orders")


def asked(panel: FormPanel, kind: str, preset: str | None = None, **fields: str) -> Any:
    message: Any = {"id": 7, "view": "v", "kind": kind, "value": {"fields": fields, "preset": preset}}
    answer: Any = panel.state.answer(message)
    assert (answer["id"], answer["kind"], answer["view"]) == (7, kind, "v")
    return answer


def test_it_has_a_field_for_each_parameter_and_the_presets(panel: FormPanel) -> None:
    started = asked(panel, "start")
    fields = {field["name"]: field for field in started["fields"]}
    assert (started["product"], started["version"]) == ("sales.orders", "1.0.0")
    assert (fields["month"]["help"], fields["month"]["minimum"], fields["month"]["default"]) == ("which month", 1, "1")
    assert (fields["country"]["required"], fields["country"]["choices"]) == (True, ["ES", "PT"])
    assert fields["whole"]["choices"] == ["true", "false"]
    assert started["presets"] == [{"name": "summer", "values": {"month": "7", "country": "PT"}}]
    assert "run" not in started


def test_what_is_wrong_is_said_of_each_field_and_nothing_is_run(panel: FormPanel, bench: LocalWorkbench) -> None:
    for kind in ("check", "run"):
        problems = asked(panel, kind, month="13", country="FR")["problems"]
        assert set(problems) == {"month", "country"}
        assert "at most 12" in problems["month"]
    assert asked(panel, "check")["problems"].keys() == {"country"}
    assert asked(panel, "check", "summer")["problems"] == {}
    assert bench.runs.list().items == []


def test_a_run_takes_what_was_filled_in_over_the_preset_and_is_followed_to_its_end(
    panel: FormPanel, bench: LocalWorkbench
) -> None:
    run = asked(panel, "run", "summer", month="8", any_of='{"a": [1]}', whole="true")["run"]
    assert bench.runs.get(run["id"]).parameters == {"month": 8, "country": "PT", "whole": True, "any_of": {"a": [1]}}
    assert (run["state"], run["final"]) == ("queued", False)
    assert run["waits"]
    work_until_idle(bench)
    ended = asked(panel, "watch")["run"]
    assert (ended["state"], ended["final"], ended["release"], ended["rows"]) == ("succeeded", True, 1, 1)
    assert asked(panel, "start")["run"] == ended


def test_a_run_that_waits_is_cancelled(panel: FormPanel, bench: LocalWorkbench) -> None:
    run = asked(panel, "run", country="ES")["run"]
    asked(panel, "cancel")
    assert bench.runs.get(run["id"]).state is RunState.CANCELLED
    assert asked(panel, "watch")["run"]["final"]


def test_an_error_is_an_answer(panel: FormPanel) -> None:
    assert "summer" in asked(panel, "run", "sumer")["error"]["hint"]
    for message in ({"kind": "run", "value": 3}, {"kind": "check", "value": {}}, {"kind": "cancel"}, {}):
        answer: Any = panel.state.answer(message)  # type: ignore[arg-type]
        assert answer["error"]["code"] == "panel.unknown-message"


def test_without_a_front_end_it_shows_the_line_that_does_the_same(panel: FormPanel) -> None:
    text = "sales.orders 1.0.0: %mesh run sales.orders month=1 country=… whole=False any_of=None"
    assert repr(panel) == text
    data, _ = panel._repr_mimebundle_()
    assert data["text/plain"] == text


def test_a_product_that_is_not_there_is_said_at_once(
    panel: FormPanel, bench: LocalWorkbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MESH_WORKBENCH", str(bench.context.settings.root))
    with pytest.raises(NotFound) as refused:
        mesh.form("sales.ordres")
    _open.cache_clear()
    assert "sales.orders" in refused.value.hint
