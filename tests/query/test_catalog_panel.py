"""The catalog panel: what it answers, and how it looks without a front end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import mesh_workbench as mesh
from mesh_workbench.errors import MeshError
from mesh_workbench.panels.catalog_panel import CatalogPanel
from mesh_workbench.workbench import create_workbench
from mesh_workbench.workbench.current import _open
from tests.query.conftest import SmallMesh, fill


@pytest.fixture
def panel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CatalogPanel]:
    bench = create_workbench(tmp_path / "bench")
    fill(SmallMesh(bench.context.registry, bench.context.storage, bench.context.sessions.get()))
    bench.close()
    monkeypatch.setenv("MESH_WORKBENCH", str(tmp_path / "bench"))
    yield mesh.catalog()
    _open.cache_clear()


def test_it_searches_and_opens(panel: CatalogPanel) -> None:
    started = panel.state.answer({"id": 1, "kind": "start"})
    assert (started["id"], started["total"]) == (1, 2)
    found = panel.state.answer({"id": 2, "kind": "search", "value": "planes"})
    assert [item["name"] for item in found["items"]] == ["fleet.planes"]  # type: ignore[index, union-attr, call-overload]
    opened = panel.state.answer({"id": 3, "kind": "open", "value": "fleet.planes"})
    product = opened["product"]
    assert isinstance(product, dict)
    assert product["query"] == "%%mesh\nSELECT *\nFROM fleet.planes\nLIMIT 20"
    assert [column["name"] for column in product["columns"]] == ["tailnum", "seats"]  # type: ignore[index, union-attr, call-overload]
    again = panel.state.answer({"id": 4, "kind": "start"})
    assert (again["text"], again["product"]) == ("planes", product)


def test_an_error_is_an_answer(panel: CatalogPanel) -> None:
    wrong = panel.state.answer({"id": 1, "kind": "open", "value": "fleet.plane"})
    assert wrong["error"]["hint"] == "Did you mean fleet.planes?"  # type: ignore[index, call-overload]
    for message in ({}, {"kind": "search", "value": 3}, {"kind": "format"}):
        assert "error" in panel.state.answer(message)  # type: ignore[arg-type]


def test_it_has_a_plain_text_form(panel: CatalogPanel) -> None:
    text = repr(panel)
    assert "fleet.planes" in text
    assert "flight_ops.flights" in text
    data, _ = panel._repr_mimebundle_()
    assert data["text/plain"] == text
    assert "application/vnd.jupyter.widget-view+json" in data


def test_an_empty_workbench_says_what_to_do(tmp_path: Path) -> None:
    bench = create_workbench(tmp_path / "empty")
    assert "mesh demo" in repr(CatalogPanel(bench))
    bench.close()


def test_without_a_workbench_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MESH_WORKBENCH", raising=False)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(MeshError) as caught:
        mesh.catalog()
    assert caught.value.code == "workbench.not-found"
