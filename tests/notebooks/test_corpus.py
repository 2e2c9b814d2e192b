"""Notebooks as they come: what is found in each, and whether a product can be made of it.

Beside each notebook stands what is expected: the codes of its findings, errors first, and the code of the error with
which promotion refuses it, null when it must succeed.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mesh_workbench.errors import MeshError
from mesh_workbench.model.domain import DomainDraft
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.notebooks.analyse import analyse
from mesh_workbench.notebooks.fixes import apply_fix, fix_all
from mesh_workbench.notebooks.read import parse
from mesh_workbench.workbench import create_workbench
from mesh_workbench.workbench.local import LocalWorkbench
from tests.builders import notebook

CORPUS = Path(__file__).parent / "corpus"
NAMES = sorted(file.stem for file in CORPUS.glob("*.ipynb"))


def read(name: str) -> str:
    return (CORPUS / f"{name}.ipynb").read_text(encoding="utf-8-sig")


def expected(name: str) -> Any:
    return json.loads((CORPUS / f"{name}.json").read_text(encoding="utf-8"))


READABLE = [name for name in NAMES if expected(name)["findings"] is not None]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalWorkbench]:
    """A workbench with the products that the corpus reads."""
    made = create_workbench(tmp_path_factory.mktemp("corpus") / "bench")
    for product in ("flight_ops.flights", "fleet.planes"):
        domain, output = product.split(".")
        made.domains.add(DomainDraft(name=domain))
        source = f'import mesh_workbench as mesh\nmesh.output("{output}", frame)'
        made.products.promote(PromotionRequest(notebook=notebook(source), to=product))
    made.domains.add(DomainDraft(name="insights"))
    yield made
    made.close()


def test_the_corpus_is_whole() -> None:
    assert len(NAMES) >= 40
    assert {file.stem for file in CORPUS.glob("*.json")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_found_in_a_notebook_is_what_is_expected_of_it(name: str) -> None:
    wanted = expected(name)
    if wanted["findings"] is None:
        with pytest.raises(MeshError) as refused:
            analyse(read(name))
        assert refused.value.code == wanted["refused"]
        assert refused.value.hint
        return
    found = analyse(read(name))
    assert [finding.code for finding in found.findings] == wanted["findings"]
    assert all(finding.message and finding.hint for finding in found.findings)


@pytest.mark.parametrize("name", NAMES)
def test_what_can_become_a_product_does_and_what_cannot_says_why(bench: LocalWorkbench, name: str) -> None:
    refused = expected(name)["refused"]
    request = PromotionRequest(notebook=read(name), to=f"insights.{name}")
    if refused is None:
        assert bench.products.plan(request).may_promote
        assert bench.products.promote(request).version.version == "1.0.0"
        return
    if expected(name)["findings"] is not None:
        plan = bench.products.plan(request)
        assert not plan.may_promote
        assert refused in [finding.code for finding in plan.analysis.findings]
    with pytest.raises(MeshError) as wrong:
        bench.products.promote(request)
    assert wrong.value.code == refused
    assert wrong.value.hint


@pytest.mark.parametrize("name", READABLE)
def test_every_fix_that_is_offered_does_away_with_its_finding(name: str) -> None:
    text = read(name)
    for finding in analyse(text).findings:
        if finding.fix:
            left = [(one.code, one.message, one.line) for one in analyse(apply_fix(text, finding.fix)).findings]
            assert (finding.code, finding.message, finding.line) not in left
    fixed, _ = fix_all(text)
    assert [finding for finding in analyse(fixed).findings if finding.fix] == []
    assert [cell.cell_type for cell in parse(fixed).cells if cell.cell_type == "raw"] == [
        cell.cell_type for cell in parse(text).cells if cell.cell_type == "raw"
    ]


@pytest.mark.parametrize("name", READABLE)
def test_no_finding_repeats_a_secret(name: str) -> None:
    words = ("Wint3r-2013", "q7Zk2XvB91mTnR4sLp0Yd8Wc", "a1B2c3D4e5F6g7H8", "IOSFODNN7", "wJalrXUtnFEMI", "x9Kd82hFq")
    said = analyse(read(name)).model_dump_json(include={"findings"})
    assert [word for word in words if word in said] == []


def test_fifty_megabytes_of_outputs_are_not_looked_at() -> None:
    document = json.loads(read("clean"))
    for cell in document["cells"][1:]:
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * 1_000_000}] * 12
    text = json.dumps(document)
    assert len(text) > 48_000_000
    begun = time.monotonic()
    found = analyse(text)
    assert time.monotonic() - begun < 5  # half a second where nothing else goes on
    assert found.digest == analyse(read("clean")).digest
