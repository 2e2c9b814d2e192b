"""Promotion: one notebook after another becomes the next version, once, with an honest number."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from mesh_workbench.errors import Conflict, Forbidden, InvalidInput, MeshError, NotFound
from mesh_workbench.model.domain import DomainDraft
from mesh_workbench.model.identity import Identity
from mesh_workbench.model.product import ProductStatus
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.schedule import ScheduleDraft
from mesh_workbench.registry.tables.product_version import product_versions
from mesh_workbench.settings import FILE
from mesh_workbench.workbench import create_workbench
from mesh_workbench.workbench.local import LocalWorkbench
from tests.builders import notebook

OUTPUT = "import mesh_workbench as mesh\nmesh.output('orders', frame)"
CONTRACT = """apiVersion: v3.2.0
kind: DataContract
id: orders
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - name: id
        logicalType: integer
        required: true
"""


def ask(text: str, to: str = "sales.orders", **more: object) -> PromotionRequest:
    return PromotionRequest.model_validate({"notebook": text, "to": to, **more})


def test_the_first_version_is_one_and_the_product_a_draft(bench: LocalWorkbench) -> None:
    promotion = bench.products.promote(ask(notebook("# Orders", OUTPUT, parameters="month: int = 1")))
    assert promotion.created
    assert promotion.version.version == "1.0.0"
    assert [spec.name for spec in promotion.version.parameters] == ["month"]
    assert promotion.product.status is ProductStatus.DRAFT
    assert promotion.product.title == "Orders"
    assert promotion.version.environment.distributions["polars"]
    assert bench.catalog.audit().items[0].action == "product.promote"


def test_outputs_and_counts_of_a_notebook_do_not_make_a_version(bench: LocalWorkbench) -> None:
    text = notebook(OUTPUT)
    bench.products.promote(ask(text))
    executed = json.loads(text)
    executed["cells"][0]["execution_count"] = 7
    executed["cells"][0]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "done"}]
    again = bench.products.promote(ask(json.dumps(executed)))
    assert not again.created
    assert bench.products.plan(ask(json.dumps(executed))).status == "unchanged"
    frozen = json.loads(bench.versions.notebook("sales.orders"))
    assert frozen["cells"][0]["outputs"] == []


def test_fifty_megabytes_of_outputs_are_no_obstacle_and_are_not_kept(bench: LocalWorkbench) -> None:
    document = json.loads(notebook(OUTPUT))
    picture = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "iVBORw0KGgo" * 1_000_000}}
    document["cells"][-1]["outputs"] = [picture] * 5
    text = json.dumps(document)
    assert len(text) > 50_000_000
    promotion = bench.products.promote(ask(text))
    again = bench.products.promote(ask(notebook(OUTPUT)))
    assert (promotion.created, again.created) == (True, False)
    assert len(bench.context.registry.blobs.get(promotion.version.notebook_blob)) < 5_000


@pytest.mark.parametrize(
    ("second", "contract", "version"),
    [
        (notebook("# Changed", OUTPUT), CONTRACT, "1.0.1"),
        (notebook(OUTPUT, "mesh.output('lines', frame)"), CONTRACT, "1.1.0"),
        (notebook(OUTPUT.replace("orders", "bookings")), None, "2.0.0"),
        (notebook(OUTPUT), CONTRACT + "      - name: note\n        logicalType: string\n", "1.1.0"),
        (notebook(OUTPUT), CONTRACT.replace("name: id", "name: number"), "2.0.0"),
    ],
    ids=["code", "new output", "output gone", "column added", "column renamed"],
)
def test_the_next_version_says_what_consumers_would_notice(
    bench: LocalWorkbench, second: str, contract: str | None, version: str
) -> None:
    bench.products.promote(ask(notebook(OUTPUT), contracts={"orders": CONTRACT}))
    contracts = {"orders": contract} if contract else {}
    plan = bench.products.plan(ask(second, contracts=contracts))
    assert plan.next_version == version
    assert plan.bump_reason
    assert bench.products.promote(ask(second, contracts=contracts)).version.version == version


def test_a_person_may_raise_the_bump_but_not_lower_it(bench: LocalWorkbench) -> None:
    bench.products.promote(ask(notebook(OUTPUT)))
    raised = bench.products.promote(ask(notebook("# New", OUTPUT), bump="major"))
    assert raised.version.version == "2.0.0"
    lowered = bench.products.promote(ask(notebook(OUTPUT, "mesh.output('lines', frame)"), bump="patch"))
    assert lowered.version.version == "2.1.0"


def test_what_somebody_else_promoted_meanwhile_is_a_conflict(bench: LocalWorkbench) -> None:
    bench.products.promote(ask(notebook(OUTPUT)))
    with pytest.raises(Conflict) as refused:
        bench.products.promote(ask(notebook("# Mine", OUTPUT), expected_version=""))
    assert refused.value.code == "promote.conflict"
    assert bench.products.get("sales.orders").version == "1.0.0"


def test_a_failing_part_of_a_promotion_leaves_nothing(bench: LocalWorkbench) -> None:
    request = ask(notebook(OUTPUT), schedule=ScheduleDraft(cron="61 * * * *"))
    with pytest.raises(InvalidInput) as refused:
        bench.products.promote(request)
    assert refused.value.code == "schedule.invalid-cron"
    assert bench.products.list().items == []


@pytest.mark.parametrize(
    ("request_", "kind", "code"),
    [
        (ask("not json"), InvalidInput, "notebook.not-a-notebook"),
        (ask(notebook("x = 1")), InvalidInput, "notebook.no-outputs"),
        (ask(notebook("x = (", OUTPUT)), InvalidInput, "notebook.syntax-error"),
        (ask(notebook(OUTPUT), to="sales.Orders"), InvalidInput, "name.invalid"),
        (ask(notebook(OUTPUT), to="sales.select"), InvalidInput, "name.reserved"),
        (ask(notebook(OUTPUT), to="orders"), InvalidInput, "name.not-a-product"),
        (ask(notebook(OUTPUT), to="salse.orders"), NotFound, "domain.unknown"),
        (ask(notebook("mesh.read('sales.nothing')", OUTPUT)), NotFound, "promote.unknown-input"),
        (ask(notebook("mesh.read('sales.orders')", OUTPUT)), InvalidInput, "promote.reads-itself"),
        (ask(notebook(OUTPUT), contracts={"ordres": CONTRACT}), InvalidInput, "promote.unknown-port"),
        (ask(notebook(OUTPUT), contracts={"orders": "a: [b"}), InvalidInput, "contract.not-yaml"),
        (ask(notebook(OUTPUT), contracts={"orders": "just: text"}), InvalidInput, "contract.not-odcs"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_promoted_is_refused_with_code_and_hint(
    bench: LocalWorkbench, request_: PromotionRequest, kind: type[MeshError], code: str
) -> None:
    if "import mesh" in request_.notebook and "mesh.read" in request_.notebook:
        request_ = request_.model_copy(
            update={"notebook": request_.notebook.replace("mesh.read(", "import mesh_workbench as mesh; mesh.read(")}
        )
    with pytest.raises(kind) as refused:
        bench.products.promote(request_)
    assert refused.value.code == code
    assert refused.value.hint
    assert bench.products.list().items == []


def test_somebody_without_a_role_may_plan_but_not_promote(bench: LocalWorkbench) -> None:
    rita = bench.as_(Identity(name="rita"))
    plan = rita.products.plan(ask(notebook(OUTPUT)))
    assert not plan.may_promote
    assert plan.blocked
    with pytest.raises(Forbidden):
        rita.products.promote(ask(notebook(OUTPUT)))
    assert bench.products.list().items == []


def test_two_processes_at_one_barrier_give_one_conflict_and_contiguous_versions(
    tmp_path: Path, registry_url: str
) -> None:
    root = tmp_path / "raced"
    root.mkdir()
    (root / FILE).write_text(f'registry = "{registry_url}"\n')
    program = textwrap.dedent(
        """
        import sys, time
        from pathlib import Path
        from mesh_workbench.errors import Conflict
        from mesh_workbench.model.domain import DomainDraft
        from mesh_workbench.model.identity import Identity, Member, Role
        from mesh_workbench.model.base import now
        from mesh_workbench.model.promotion import PromotionRequest
        from mesh_workbench.workbench import open_workbench
        from tests.builders import notebook
        root, me = Path(sys.argv[1]), sys.argv[2]
        bench = open_workbench(root)
        if me == "prepare":
            bench.context.registry.domains.set_member(
                Member(identity=bench.identity.name, role=Role.PLATFORM_ADMIN, since=now()))
            bench.domains.add(DomainDraft(name="sales"))
            sys.exit()
        cells = ["import mesh_workbench as mesh\\nmesh.output('orders', frame)"]
        for round_, seen in enumerate(["", "1.0.0", "1.0.1"]):
            request = PromotionRequest(notebook=notebook(f"# By {me} {round_}", *cells), to="sales.orders",
                                       expected_version=seen)
            (root / f"{me}-{round_}").touch()
            while len(list(root.glob(f"?-{round_}"))) < 2:
                time.sleep(0.001)
            try:
                print(bench.products.promote(request).version.version)
            except Conflict as conflict:
                print(conflict.code)
        """
    )

    def start(me: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", program, str(root), me]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])

    assert start("prepare").wait() == 0
    told = [process.communicate(timeout=60)[0].split() for process in (start("a"), start("b"))]
    for round_, version in enumerate(["1.0.0", "1.0.1", "1.0.2"]):
        outcomes = sorted(lines[round_] for lines in told)
        assert outcomes[0] == version
        assert outcomes[1] in ("promote.conflict", "version.exists", "product.exists")


def test_a_plan_says_when_the_notebook_would_run_with_which_parameters_and_who_is_told(bench: LocalWorkbench) -> None:
    text = notebook(OUTPUT, parameters="day: str = ''")
    schedule = ScheduleDraft(cron="0 6 * * *", timezone="Europe/Madrid", parameters={"day": "{slot.start:%Y-%m-%d}"})
    plan = bench.products.plan(ask(text, schedule=schedule))
    assert plan.schedule is not None
    assert len(plan.schedule.slots) == 3
    first = plan.schedule.slots[0]
    assert first.parameters == {"day": f"{first.slot.start.astimezone(ZoneInfo('Europe/Madrid')):%Y-%m-%d}"}
    assert [(one.identity, one.why) for one in plan.told] == [(bench.identity.name, "owner of the product")]
    assert bench.products.plan(ask(text)).schedule is None


@pytest.mark.parametrize(
    ("schedule", "code"),
    [
        (ScheduleDraft(cron="0 25 * * *"), "schedule.invalid-cron"),
        (ScheduleDraft(after="any"), "schedule.no-inputs"),
        (ScheduleDraft(cron="0 6 * * *", parameters={"nobody": 1}), "parameter.unknown"),
    ],
)
def test_a_plan_refuses_a_schedule_that_could_not_be_set(
    bench: LocalWorkbench, schedule: ScheduleDraft, code: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        bench.products.plan(ask(notebook(OUTPUT), schedule=schedule))
    assert refused.value.code == code


def test_a_version_froze_its_environment_its_folder_and_the_policies_in_force(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MESH_CONTAINER", "example.org/kernels@sha256:1234")
    bench = create_workbench(tmp_path / "bench")
    bench.domains.add(DomainDraft(name="sales"))
    root = bench.context.settings.root
    (root / "rates.csv").write_text("a\n1\n")
    subprocess.run(["git", "init", "--quiet"], cwd=root, check=True)
    commit = ["git", "-c", "user.name=ana", "-c", "user.email=a@example.org", "commit", "--quiet", "--allow-empty"]
    subprocess.run([*commit, "-m", "Begin"], cwd=root, check=True)
    version = bench.products.promote(ask(notebook(OUTPUT, "open('rates.csv')"), folder=".")).version
    assert version.environment.container == "example.org/kernels@sha256:1234"
    assert version.environment.lock is not None
    lock = json.loads(bench.versions.lock("sales.orders"))
    assert {one["name"] for one in lock["distributions"]} == set(version.environment.distributions)
    assert version.git is not None
    assert version.git.dirty
    assert b"permit" in bench.context.registry.blobs.get(version.policies["roles"])
    assert bench.versions.file("sales.orders", None, "rates.csv") == b"a\n1\n"
    with pytest.raises(NotFound, match=r"rates\.csv\?"):
        bench.versions.file("sales.orders", "1.0.0", "rate.csv")
    assert bench.versions.get("sales.orders") == version
    bench.close()


def test_a_version_of_before_there_were_files_and_locks_still_loads(bench: LocalWorkbench) -> None:
    version = bench.products.promote(ask(notebook(OUTPUT))).version
    with bench.context.registry.transaction(), bench.context.registry.versions._db.write() as connection:
        row = connection.execute(select(product_versions.c.document)).scalar_one()
        old = {name: value for name, value in row.items() if name not in ("files", "git", "policies")}
        known = ("kernelspec", "python", "platform", "distributions")
        old["environment"] = {name: row["environment"][name] for name in known}
        connection.execute(update(product_versions).values(document=old))
    loaded = bench.versions.get("sales.orders")
    assert (loaded.files, loaded.git, loaded.policies, loaded.environment.lock) == ([], None, {}, None)
    assert loaded.digest == version.digest
    with pytest.raises(NotFound) as refused:
        bench.versions.lock("sales.orders")
    assert refused.value.code == "version.no-lock"
