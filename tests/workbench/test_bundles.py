"""A version goes out as one file, comes in elsewhere with equal hashes, and runs there to the same rows."""

from __future__ import annotations

import io
import json
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from mesh_workbench.errors import Conflict, Forbidden, InvalidInput, NotFound
from mesh_workbench.lifecycle.bundle import read_bundle, write_bundle
from mesh_workbench.model.bundle import MANIFEST, NOTEBOOK, VERSION, BundledVersion
from mesh_workbench.model.content import digest_of
from mesh_workbench.model.domain import DomainDraft
from mesh_workbench.model.identity import Identity, Role
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.review import ProposalState, ReviewRule
from mesh_workbench.model.version import ProductVersion
from mesh_workbench.workbench import create_workbench
from mesh_workbench.workbench.local import LocalWorkbench
from tests.builders import notebook
from tests.workbench.conftest import work_until_idle

ORDERS = """import mesh_workbench as mesh, polars as pl
mesh.output("orders", pl.DataFrame({"id": [1, 2, 3], "country": ["PT", "ES", "PT"]}), mode="replace")"""
TOTALS = """import mesh_workbench as mesh, polars as pl
import helpers
rates = pl.read_csv("rates.csv")
totals = mesh.read("sales.orders").polars().join(rates, on="country").with_columns(total=helpers.double("rate"))
mesh.output("totals", totals.filter(pl.col("id") <= most).sort("id"))"""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> LocalWorkbench:
    """A workbench with a released product that reads another one, a file and a module."""
    made = create_workbench(tmp_path_factory.mktemp("source") / "bench")
    made.domains.add(DomainDraft(name="sales"))
    folder = made.context.settings.root / "notebooks"
    folder.mkdir()
    (folder / "rates.csv").write_text("country,rate\nPT,2\nES,3\n")
    (folder / "helpers.py").write_text("import polars as pl\n\n\ndef double(name):\n    return 2 * pl.col(name)\n")
    made.products.promote(PromotionRequest(notebook=notebook(ORDERS), to="sales.orders", run=True))
    work_until_idle(made)
    totals = notebook("# Totals\n\nBy country.", TOTALS, parameters="most: int = 2  # highest id")
    asked = PromotionRequest(notebook=totals, to="sales.totals", folder="notebooks", tags=["demo"], run=True)
    made.products.promote(asked)
    work_until_idle(made)
    assert made.query.sample("sales.totals").rows
    return made


@pytest.fixture(scope="module")
def bundle(source: LocalWorkbench) -> bytes:
    return source.bundles.export("sales.totals", with_data=True)


@pytest.fixture
def empty(tmp_path: Path) -> LocalWorkbench:
    made = create_workbench(tmp_path / "empty")
    made.domains.add(DomainDraft(name="sales"))
    return made


ELSEWHERE = """
import json, sys
from pathlib import Path
from mesh_workbench.model.run import RunRequest
from mesh_workbench.workbench import create_workbench
from mesh_workbench.workbench.worker import run_worker
import threading

root, file = Path(sys.argv[1]), Path(sys.argv[2])
bench = create_workbench(root)
done = bench.bundles.take_in(file.read_bytes(), to="insights", create_domains=True)
run_worker(root, stop=threading.Event(), until_idle=True)
run = bench.runs.request(RunRequest(product=done.product))
run_worker(root, stop=threading.Event(), until_idle=True)
ended = bench.runs.get(run.id)
assert ended.state == "succeeded", ended.failure
again = bench.bundles.export(done.product, with_data=True)
print(json.dumps({
    "version": done.version.model_dump(mode="json"),
    "snapshots": done.snapshots,
    "environment": len(done.environment),
    "rows": bench.query.sample(done.product).rows,
    "inputs": bench.query.sample("sales.orders").rows,
    "audit": [record.action for record in bench.catalog.audit().items],
}))
"""


def test_a_clean_process_takes_it_in_with_equal_hashes_and_runs_it_to_the_same_rows(
    source: LocalWorkbench, bundle: bytes, tmp_path: Path
) -> None:
    (tmp_path / "totals.mesh").write_bytes(bundle)
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, str(tmp_path / "bench"), str(tmp_path / "totals.mesh")],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    original = source.versions.get("sales.totals").model_dump(mode="json")
    own = {"id", "product", "product_id", "promoted", "promoted_by"}
    assert {name: value for name, value in told["version"].items() if name not in own} == {
        name: value for name, value in original.items() if name not in own
    }
    assert told["version"]["product"] == "insights.totals"
    assert told["rows"] == source.query.sample("sales.totals").rows == [[1, "PT", 2, 4], [2, "ES", 3, 6]]
    assert told["inputs"] == source.query.sample("sales.orders").rows
    assert told["snapshots"] == ["sales.orders"]
    assert told["environment"] == 0
    assert told["audit"].count("product.import") == 2


def test_equal_content_gives_equal_bytes_also_when_it_went_round(source: LocalWorkbench, empty: LocalWorkbench) -> None:
    first = source.bundles.export("sales.totals", "1.0.0")
    assert source.bundles.export("sales.totals") == first
    empty.products.promote(PromotionRequest(notebook=notebook(ORDERS), to="sales.orders"))
    assert empty.bundles.take_in(first, to="sales").created
    assert empty.bundles.export("sales.totals") == first
    assert not empty.bundles.take_in(first, to="sales.totals").created
    product = empty.products.get("sales.totals")
    assert (product.title, product.description, product.tags) == ("Totals", "By country.", ["demo"])


def test_a_bundle_holds_all_of_a_version_but_what_belongs_to_one_workbench() -> None:
    own = {"id", "product", "product_id", "version", "major", "promoted", "promoted_by"}
    by_member = {"notebook_blob", "contract_blobs"}
    assert set(ProductVersion.model_fields) - set(BundledVersion.model_fields) == own | by_member


def test_without_data_the_inputs_must_be_there(source: LocalWorkbench, empty: LocalWorkbench) -> None:
    content = source.bundles.export("sales.totals")
    with pytest.raises(NotFound) as refused:
        empty.bundles.take_in(content, to="sales")
    assert refused.value.code == "promote.unknown-input"
    assert empty.products.list().items == []
    assert [name for name in read_bundle(content)[1] if name.startswith("data/")] == []


def test_a_version_that_is_not_above_the_newest_is_a_conflict(
    source: LocalWorkbench, empty: LocalWorkbench, bundle: bytes
) -> None:
    other = notebook(ORDERS.replace("orders", "totals"))
    empty.products.promote(PromotionRequest(notebook=other, to="sales.totals"))
    with pytest.raises(Conflict) as refused:
        empty.bundles.take_in(bundle, to="sales")
    assert refused.value.code == "bundle.version-exists"
    assert [one.full_name for one in empty.products.list().items] == ["sales.totals"]  # no snapshot either
    assert empty.bundles.take_in(bundle, to="sales.totals_of_lisbon").version.version == "1.0.0"


def test_who_may_not_read_cannot_export_and_who_may_not_promote_cannot_take_in(
    source: LocalWorkbench, empty: LocalWorkbench, bundle: bytes
) -> None:
    with pytest.raises(Forbidden):
        empty.as_(Identity(name="rita")).bundles.take_in(bundle, to="sales")
    assert empty.products.list().items == []
    registry = source.context.registry
    product = source.context.product("sales.orders")
    restricted = registry.products.update(
        product.model_copy(update={"access": "on_request"}), expected_revision=product.revision
    )
    rita = source.as_(Identity(name="rita"))
    assert rita.bundles.export("sales.totals")
    with pytest.raises(Forbidden):
        rita.bundles.export("sales.totals", with_data=True)
    with pytest.raises(Forbidden):
        rita.bundles.export("sales.orders")
    registry.products.update(restricted.model_copy(update={"access": "open"}), expected_revision=restricted.revision)
    actions = [record.action for record in source.catalog.audit().items]
    assert "product.export" in actions


def test_what_is_missing_is_said_before_anything_is_stored(empty: LocalWorkbench, bundle: bytes) -> None:
    def foreign_kernel(version: dict[str, object]) -> None:
        environment = version["environment"]
        assert isinstance(environment, dict)
        environment["kernelspec"] = "julia-1.10"

    with pytest.raises(NotFound) as refused:
        empty.bundles.take_in(rewritten(bundle, foreign_kernel), to="sales")
    assert refused.value.code == "kernel.unknown"
    with pytest.raises(NotFound) as refused:
        empty.bundles.take_in(bundle, to="salse")
    assert refused.value.code == "domain.unknown"
    with pytest.raises(InvalidInput):
        empty.bundles.take_in(bundle, to="Sales")
    assert empty.products.list().items == []


def test_who_may_read_goes_with_it(source: LocalWorkbench, empty: LocalWorkbench, bundle: bytes) -> None:
    def guarded(version: dict[str, object]) -> None:
        version["access"] = "on_request"
        assert isinstance(version["data"], list)
        version["data"][0]["access"] = "on_request"

    empty.bundles.take_in(rewritten(bundle, guarded), to="sales")
    assert [one.access for one in map(empty.context.product, ("sales.totals", "sales.orders"))] == ["on_request"] * 2


def rewritten(bundle: bytes, change: Callable[[dict[str, object]], None]) -> bytes:
    """The bundle with another version.json, and a manifest that says so."""
    manifest, members = read_bundle(bundle)
    version = json.loads(members[VERSION])
    change(version)
    return write_bundle(manifest.product, manifest.version, {**members, VERSION: json.dumps(version).encode()})


def packed(entries: list[tuple[zipfile.ZipInfo | str, bytes]], how: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", how) as archive:
        for entry, content in entries:
            archive.writestr(entry, content)
    return file.getvalue()


def unpacked(bundle: bytes) -> list[tuple[zipfile.ZipInfo | str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def with_manifest(bundle: bytes, **changes: object) -> bytes:
    (_, manifest), *others = unpacked(bundle)
    return packed([(MANIFEST, json.dumps({**json.loads(manifest), **changes}).encode()), *others])


def link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.create_system = 3
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


def set_file(**changes: object) -> Callable[[dict[str, object]], None]:
    def change(version: dict[str, object]) -> None:
        files = version["files"]
        assert isinstance(files, list)
        files[0].update(changes)

    return change


def replaced(bundle: bytes, name: str, content: bytes) -> bytes:
    return packed([(entry, content if entry == name else old) for entry, old in unpacked(bundle)])


MANIPULATIONS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "no archive": (lambda bundle: b"PK", "bundle.not-a-bundle"),
    "empty": (lambda bundle: b"", "bundle.not-a-bundle"),
    "cut off": (lambda bundle: bundle[: len(bundle) // 2], "bundle.not-a-bundle"),
    "a bit of a member": (
        lambda bundle: replaced(bundle, NOTEBOOK, b"{}"),
        "bundle.manipulated",
    ),
    "raw bytes of a member": (
        lambda bundle: bundle.replace(b"return 2 * pl.col", b"return 9 * pl.col"),
        "bundle.not-a-bundle",  # the archive's own sum
    ),
    "unlisted member": (lambda bundle: packed([*unpacked(bundle), ("files/more.py", b"")]), "bundle.manipulated"),
    "lost member": (lambda bundle: packed(unpacked(bundle)[:-1]), "bundle.manipulated"),
    "member twice": (lambda bundle: packed([*unpacked(bundle), (NOTEBOOK, b"{}")]), "bundle.unsafe"),
    "parent": (lambda bundle: packed([*unpacked(bundle), ("files/../../x.py", b"")]), "bundle.unsafe"),
    "absolute": (lambda bundle: packed([*unpacked(bundle), ("/etc/x", b"")]), "bundle.unsafe"),
    "drive": (lambda bundle: packed([*unpacked(bundle), ("C:/x", b"")]), "bundle.unsafe"),
    "backslash": (lambda bundle: packed([*unpacked(bundle), ("files\\..\\x", b"")]), "bundle.unsafe"),
    "folder": (lambda bundle: packed([*unpacked(bundle), ("files/", b"")]), "bundle.unsafe"),
    "link": (lambda bundle: packed([*unpacked(bundle), (link("files/x"), b"/etc/passwd")]), "bundle.unsafe"),
    "compressed": (lambda bundle: packed(unpacked(bundle), zipfile.ZIP_DEFLATED), "bundle.unsafe"),
    "bomb": (lambda bundle: packed([(MANIFEST, bytes(50_000_000))], zipfile.ZIP_DEFLATED), "bundle.unsafe"),
    "no manifest": (lambda bundle: packed(unpacked(bundle)[1:]), "bundle.not-a-bundle"),
    "manifest of something": (lambda bundle: with_manifest(bundle, more=1), "bundle.not-a-bundle"),
    "other format": (lambda bundle: with_manifest(bundle, format_version=2), "bundle.unknown-format"),
    "name of nothing": (lambda bundle: with_manifest(bundle, product="../x"), "bundle.not-a-bundle"),
    "number of nothing": (lambda bundle: with_manifest(bundle, version="one"), "bundle.not-a-bundle"),
    "file that leaves": (lambda bundle: rewritten(bundle, set_file(path="../../x.py")), "bundle.manipulated"),
    "file of other content": (
        lambda bundle: rewritten(bundle, set_file(digest=digest_of(b"other"))),
        "bundle.manipulated",
    ),
    "folder that leaves": (
        lambda bundle: rewritten(bundle, lambda version: version.update(folder="../..")),
        "bundle.manipulated",
    ),
    "file too many": (lambda bundle: rewritten(bundle, lambda version: version.update(files=[])), "bundle.manipulated"),
    "digest of another notebook": (
        lambda bundle: rewritten(bundle, lambda version: version.update(digest=digest_of(b""))),
        "bundle.manipulated",
    ),
    "data too many": (lambda bundle: rewritten(bundle, lambda version: version.update(data=[])), "bundle.manipulated"),
}


@pytest.mark.parametrize("name", MANIPULATIONS)
def test_a_bundle_that_is_not_as_it_was_made_is_refused_and_nothing_is_stored(
    bundle: bytes, refusing: LocalWorkbench, name: str
) -> None:
    manipulate, code = MANIPULATIONS[name]
    content = manipulate(bundle)
    assert content != bundle
    with pytest.raises(InvalidInput) as refused:
        refusing.bundles.take_in(content, to="sales")
    assert refused.value.code == code
    assert refused.value.hint
    assert refusing.products.list().items == []


@pytest.fixture(scope="module")
def refusing(tmp_path_factory: pytest.TempPathFactory) -> LocalWorkbench:
    made = create_workbench(tmp_path_factory.mktemp("refusing") / "bench")
    made.domains.add(DomainDraft(name="sales"))
    return made


def test_a_bundle_that_is_too_large_is_neither_made_nor_taken_in(
    source: LocalWorkbench, bundle: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MESH_BUNDLE_MB", "0.001")
    small = create_workbench(tmp_path / "small")
    with pytest.raises(InvalidInput) as refused:
        small.bundles.take_in(bundle, to="sales", create_domains=True)
    assert refused.value.code == "bundle.too-large"


@pytest.fixture
def careful(empty: LocalWorkbench) -> LocalWorkbench:
    """A workbench whose domain `sales` asks for the approval of an owner; pia may propose."""
    empty.domains.set_role("sales", "olga", Role.DOMAIN_OWNER)
    empty.domains.set_role("sales", "pia", Role.PRODUCER)
    empty.domains.set_review("sales", ReviewRule(approvals=1, roles=[Role.DOMAIN_OWNER]))
    return empty


def as_(bench: LocalWorkbench, name: str) -> LocalWorkbench:
    return bench.as_(Identity(name=name))


def recorded(bench: LocalWorkbench) -> dict[str, str | None]:
    return {name: bench.products.get(name).version for name in bench.context.registry.products.names()}


def test_where_approval_is_asked_for_a_bundle_is_proposed_and_taken_in_with_it(
    source: LocalWorkbench, careful: LocalWorkbench, bundle: bytes
) -> None:
    pia, olga = as_(careful, "pia"), as_(careful, "olga")
    with pytest.raises(Conflict, match="needs 1 approval by domain owner") as refusal:
        pia.bundles.take_in(bundle, to="sales")
    assert refusal.value.code == "promote.needs-review"
    assert recorded(careful) == {}

    proposal = pia.reviews.propose_bundle(bundle, to="sales")
    assert (proposal.product, proposal.next_version) == ("sales.totals", "1.0.0")
    assert recorded(careful) == {"sales.totals": None}
    assert careful.runs.list().items == []
    shown = olga.reviews.get(proposal.id)
    assert shown.plan.steps == [
        "Take in sales.totals 1.0.0 from a bundle of sales.totals, as it was frozen there.",
        "Make sales.orders of the data that is included, and run it.",
    ]
    assert [file.path for file in shown.plan.analysis.files] == ["notebooks/helpers.py", "notebooks/rates.csv"]
    with pytest.raises(Forbidden, match="own work"):
        pia.reviews.approve(proposal.id)

    decided = olga.reviews.approve(proposal.id)
    assert (decided.state, decided.version) == (ProposalState.PROMOTED, "1.0.0")
    assert recorded(careful) == {"sales.orders": "1.0.0", "sales.totals": "1.0.0"}
    taken, there = careful.versions.get("sales.totals"), source.versions.get("sales.totals")
    assert (taken.digest, taken.files, taken.environment.lock) == (there.digest, there.files, there.environment.lock)
    assert taken.promoted_by == "pia"
    with pytest.raises(Conflict, match="up to date"):
        pia.reviews.propose_bundle(bundle, to="sales")


def test_a_bundle_that_is_not_approved_leaves_nothing(careful: LocalWorkbench, bundle: bytes) -> None:
    pia, olga = as_(careful, "pia"), as_(careful, "olga")
    broken = bundle[:-100]
    with pytest.raises(InvalidInput):
        pia.reviews.propose_bundle(broken, to="sales")
    with pytest.raises(Forbidden):
        as_(careful, "rita").reviews.propose_bundle(bundle, to="sales")
    assert careful.reviews.list().items == []
    proposal = pia.reviews.propose_bundle(bundle, to="sales.copied")
    olga.reviews.send_back(proposal.id, comment="We have that already.")
    assert recorded(careful) == {"sales.copied": None}
    with pytest.raises(Conflict, match="sent back already"):
        olga.reviews.approve(proposal.id)


def test_what_was_promoted_meanwhile_is_a_conflict_and_not_overwritten(careful: LocalWorkbench, bundle: bytes) -> None:
    pia, olga = as_(careful, "pia"), as_(careful, "olga")
    proposal = pia.reviews.propose_bundle(bundle, to="sales.totals")
    careful.domains.set_review("sales", None)
    pia.products.promote(PromotionRequest(notebook=notebook(ORDERS), to="sales.totals"))
    with pytest.raises(Conflict) as refusal:
        olga.reviews.approve(proposal.id)
    assert refusal.value.code == "promote.conflict"
    assert [version.digest for version in careful.versions.list("sales.totals").items] == [
        careful.versions.get("sales.totals").digest
    ]


def test_where_no_approval_is_asked_for_none_can_be_proposed(empty: LocalWorkbench, bundle: bytes) -> None:
    with pytest.raises(Conflict) as refusal:
        empty.reviews.propose_bundle(bundle, to="sales")
    assert refusal.value.code == "review.not-asked"
