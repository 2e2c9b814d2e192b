"""A change that takes something away from consumers: who they are, what they say to it, and what goes on beside it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mesh_workbench.cli import make_app
from mesh_workbench.cli.boundary import run as run_cli
from mesh_workbench.errors import Conflict, Forbidden, InvalidInput, NotFound
from mesh_workbench.model.access import ReadRecord
from mesh_workbench.model.base import new_id, now
from mesh_workbench.model.identity import Identity, Role
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.review import ReviewRule
from mesh_workbench.model.schedule import ScheduleDraft
from mesh_workbench.scheduling.tick import Ticker
from mesh_workbench.workbench.local import LocalWorkbench
from tests.builders import contract, notebook
from tests.workbench.lives import published

ID = {"name": "id", "logicalType": "integer"}
NOTE = {"name": "note", "logicalType": "string"}
WITH_NOTE, WITHOUT_NOTE = contract(ID, NOTE, name="orders"), contract(ID, name="orders")
OUTPUT = "import mesh_workbench as mesh\nmesh.output('{}', frame)"
WHY = "Agreed with all of them by phone."


def ask(text: str = WITHOUT_NOTE, **more: object) -> PromotionRequest:
    document = notebook("# Orders", OUTPUT.format("orders"))
    return PromotionRequest.model_validate(
        {"notebook": document, "to": "sales.orders", "contracts": {"orders": text}, **more}
    )


def reads(bench: LocalWorkbench, who: str, *columns: str) -> None:
    registry = bench.context.registry
    product = registry.products.get("sales", "orders")
    assert product is not None
    record = ReadRecord(
        id=new_id("red"), at=now(), identity=who, product_id=product.id, port="orders", release=1, how="sql",
        columns=list(columns),
    )  # fmt: skip
    registry.reads.add([record])


@pytest.fixture
def shop(bench: LocalWorkbench) -> LocalWorkbench:
    """sales.orders, released as 1.0.0; products and people read it: some its column note, some only id."""
    mine = bench.as_(Identity(name="olga"))
    bench.domains.set_role("sales", "olga", Role.PRODUCER)
    bench.domains.set_role("sales", "pit", Role.PRODUCER)
    published(bench, mine.products.promote(ask(WITH_NOTE)), 1)
    for name, reading in {
        "totals": "%%mesh frame\nSELECT count(id) AS n FROM sales.orders",
        "notes": "%%mesh frame\nSELECT note FROM sales.orders",
        "copies": "frame = mesh.read('sales.orders').polars()",
    }.items():
        text = notebook("import mesh_workbench as mesh", reading, f"mesh.output('{name}', frame)")
        bench.as_(Identity(name="pit")).products.promote(PromotionRequest(notebook=text, to=f"sales.{name}"))
    reads(bench, "rita", "id", "note")
    reads(bench, "tom", "id")
    reads(bench, "olga")
    return mine


def test_the_plan_names_who_uses_what_breaks(shop: LocalWorkbench) -> None:
    plan = shop.products.plan(ask())
    assert (plan.bump, plan.next_version) == ("major", "2.0.0")
    assert plan.breaking is not None
    assert [change.words for change in plan.breaking.changes] == ["column note is gone"]
    assert [(one.kind, one.name, one.columns, one.breaks) for one in plan.breaking.consumers] == [
        ("product", "sales.copies", None, ["column note is gone"]),
        ("product", "sales.notes", ["note"], ["column note is gone"]),
        ("person", "rita", ["id", "note"], ["column note is gone"]),
    ]
    assert plan.breaking.consumers[2].last_read is not None
    assert plan.breaking.waiting == ["sales.copies", "sales.notes", "rita"]
    assert plan.breaking.announced is None
    assert abs(plan.breaking.sunset - now() - timedelta(days=90)) < timedelta(minutes=1)
    assert "sales.orders@1 stays readable beside it" in plan.steps[1]


@pytest.mark.parametrize(
    "harmless",
    [
        ask(contract(ID, NOTE, {"name": "amount", "logicalType": "number"}, name="orders")),
        ask(WITH_NOTE, notebook=notebook("# Orders", "x = 1", OUTPUT.format("orders"))),
    ],
    ids=["a column more", "other code"],
)
def test_what_takes_nothing_away_breaks_nobody(shop: LocalWorkbench, harmless: PromotionRequest) -> None:
    assert shop.products.plan(harmless).breaking is None
    with pytest.raises(Conflict, match="takes nothing away"):
        shop.changes.announce(harmless)


def test_without_acknowledgement_it_is_refused_and_nothing_is_stored(shop: LocalWorkbench) -> None:
    with pytest.raises(Conflict, match="rita, and they have not acknowledged it") as refused:
        shop.products.promote(ask())
    assert refused.value.code == "promotion.not-acknowledged"
    assert refused.value.details["waiting"] == ["sales.copies", "sales.notes", "rita"]
    assert [version.version for version in shop.versions.list("sales.orders").items] == ["1.0.0"]
    assert shop.changes.list("sales.orders").items == []


def test_where_others_approve_it_is_refused_before_anybody_looks_at_it(
    bench: LocalWorkbench, shop: LocalWorkbench
) -> None:
    bench.domains.set_review("sales", ReviewRule(approvals=1, roles=[Role.DOMAIN_OWNER]))
    with pytest.raises(Conflict) as refused:
        shop.reviews.propose(ask())
    assert refused.value.code == "promotion.not-acknowledged"
    assert shop.reviews.list().items == []
    assert shop.reviews.propose(ask(override=WHY)).next_version == "2.0.0"


def test_nobody_is_asked_to_confirm_what_is_refused(
    shop: LocalWorkbench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MESH_WORKBENCH", str(shop.context.settings.root))
    (tmp_path / "orders.ipynb").write_text(ask().notebook)
    (tmp_path / "orders.yaml").write_text(WITHOUT_NOTE)
    line = ["promote", str(tmp_path / "orders.ipynb"), "--to", "sales.orders"]
    assert run_cli(make_app(), [*line, "--contract", str(tmp_path / "orders.yaml")]) == 4
    assert "they have not acknowledged it" in capsys.readouterr().err


def test_consumers_are_told_and_acknowledge_and_then_it_is_promoted(shop: LocalWorkbench) -> None:
    rita, pit, tom = (shop.as_(Identity(name=name)) for name in ("rita", "pit", "tom"))
    change = shop.changes.announce(ask(note="Notes live in sales.remarks"))
    told = rita.notices.list().items
    assert [(notice.kind, notice.change_id, notice.why) for notice in told] == [
        ("breaking", change.id, "you read what it takes away")
    ]
    assert "Version 2.0.0 is coming: column note is gone. Notes live in sales.remarks." in told[0].text
    assert [notice.change_id for notice in pit.notices.list().items] == [change.id]
    assert not tom.notices.list().items
    assert not shop.notices.list().items

    with pytest.raises(Forbidden, match="tom is no consumer"):
        tom.changes.acknowledge(change.id)
    rita.changes.acknowledge(change.id, note="Fine with me.")
    assert shop.products.plan(ask()).breaking.waiting == ["sales.copies", "sales.notes"]  # type: ignore[union-attr]
    after = pit.changes.acknowledge(change.id)
    assert [(one.name, one.acknowledged.by if one.acknowledged else None) for one in after.consumers] == [
        ("sales.copies", "pit"),
        ("sales.notes", "pit"),
        ("rita", "rita"),
    ]

    promoted = shop.products.promote(ask())
    assert promoted.version.version == "2.0.0"
    [kept] = shop.changes.list("sales.orders").items
    assert (kept.id, kept.version, kept.override, kept.waiting) == (change.id, "2.0.0", "", [])
    assert kept.promoted is not None
    assert "Version 2.0.0 is promoted" in rita.notices.list().items[0].text


def test_an_announcement_counts_for_what_it_said_only(shop: LocalWorkbench) -> None:
    rita = shop.as_(Identity(name="rita"))
    change = shop.changes.announce(ask())
    rita.changes.acknowledge(change.id)
    more = ask(contract(NOTE | {"name": "remark"}, name="orders"))
    plan = shop.products.plan(more).breaking
    assert plan is not None
    assert plan.announced is None
    assert "rita" in plan.waiting
    assert shop.changes.announce(more).id != change.id


def test_an_owner_overrides_with_a_reason_that_is_kept(bench: LocalWorkbench, shop: LocalWorkbench) -> None:
    pit = shop.as_(Identity(name="pit"))
    with pytest.raises(Forbidden, match="may not override"):
        pit.products.promote(ask(override=WHY))
    assert [version.version for version in shop.versions.list("sales.orders").items] == ["1.0.0"]

    sunset = datetime(2999, 1, 1, tzinfo=UTC)
    promoted = shop.products.promote(ask(override=WHY, sunset=sunset))
    assert promoted.breaking is not None
    assert promoted.breaking.override == WHY
    [old] = promoted.product.majors
    assert (old.major, old.until, old.scheduled, old.by) == (1, sunset, True, "olga")
    said = next(record for record in bench.catalog.audit().items if record.action == "product.promote")
    assert (said.detail["override"], said.detail["waiting"]) == (WHY, ["sales.copies", "sales.notes", "rita"])


def test_a_raised_version_breaks_nobody_and_an_old_one_goes_on(shop: LocalWorkbench) -> None:
    changed = ask(WITH_NOTE, notebook=notebook("# Orders", "x = 1", OUTPUT.format("orders")), bump="major")
    promoted = shop.products.promote(changed)
    assert promoted.version.version == "2.0.0"
    assert promoted.breaking is not None
    assert (promoted.breaking.consumers, promoted.breaking.changes) == ([], [])
    assert [old.major for old in promoted.product.majors] == [1]
    assert shop.products.plan(ask(bump="patch")).bump == "major"


def test_a_sunset_is_moved_while_it_is_to_come_and_consumers_are_told(shop: LocalWorkbench) -> None:
    shop.products.promote(ask(override=WHY, sunset=datetime(2998, 1, 1, tzinfo=UTC)))
    later = datetime(2999, 1, 1, tzinfo=UTC)
    [old] = shop.products.move_sunset("sales.orders", 1, reason="Two need longer", until=later).majors
    assert (old.until, old.reason, old.scheduled) == (later, "Two need longer", True)
    told = [notice.text for notice in shop.notices.list().items]
    assert any(
        "version 1 of it can be read has changed: Two need longer. It can be read until 2999" in one for one in told
    )
    with pytest.raises(InvalidInput, match="is over already"):
        shop.products.move_sunset("sales.orders", 1, reason="Now", until=datetime(2020, 1, 1, tzinfo=UTC))
    with pytest.raises(NotFound, match="no older major version 2") as refusal:
        shop.products.move_sunset("sales.orders", 2, reason="?", until=later)
    assert refusal.value.code == "version.no-old-major"
    with pytest.raises(Forbidden):
        shop.as_(Identity(name="nobody")).products.move_sunset("sales.orders", 1, reason="?", until=later)


def test_a_sunset_that_is_over_is_refused(shop: LocalWorkbench) -> None:
    with pytest.raises(InvalidInput, match="is over already"):
        shop.products.plan(ask(sunset=datetime(2020, 1, 1, tzinfo=UTC)))


def test_what_was_never_released_breaks_nobody(bench: LocalWorkbench) -> None:
    bench.products.promote(ask(WITH_NOTE))
    assert bench.products.plan(ask()).breaking is None
    assert bench.products.promote(ask()).product.majors == []


def test_products_go_on_with_the_version_that_they_rely_on_until_they_are_promoted_again(shop: LocalWorkbench) -> None:
    pit = shop.as_(Identity(name="pit"))
    before = pit.versions.get("sales.copies")
    assert [(spec.version, spec.relies_on) for spec in before.inputs] == [(None, 1)]
    published(shop, shop.products.promote(ask(override=WHY)), 2)
    again = PromotionRequest(notebook=pit.versions.notebook("sales.copies"), to="sales.copies")
    plan = pit.products.plan(again)
    assert (plan.next_version, plan.bump_reason) == ("1.0.1", "reads sales.orders 2 instead of 1")
    assert plan.difference is not None
    assert [(one.before, one.after) for one in plan.difference.inputs] == [("version 1", "version 2")]
    assert [spec.relies_on for spec in pit.products.promote(again).version.inputs] == [2]


def test_an_old_version_is_read_beside_the_new_one_with_a_warning_until_its_date(shop: LocalWorkbench) -> None:
    registry = shop.context.registry
    promoted = shop.products.promote(ask(override=WHY, sunset=datetime(2999, 1, 1, tzinfo=UTC)))
    [still] = shop.query.resolve(["sales.orders"])
    assert still.version == "1.0.0"  # version 2 has published nothing
    published(shop, promoted, 2)
    new, old = shop.query.resolve(["sales.orders", "sales.orders@1"])
    assert (new.version, new.warnings) == ("2.0.0", [])
    assert (old.version, old.release) == ("1.0.0", 1)
    assert "until 2999-01-01" in old.warnings[0]

    majors = [one.model_copy(update={"until": now() - timedelta(days=1)}) for one in promoted.product.majors]
    registry.products.change(promoted.product.id, majors=majors)
    with pytest.raises(Conflict, match=r"sales\.orders@1 can no longer be read") as ended:
        shop.query.resolve(["sales.orders@1"])
    assert ended.value.code == "query.version-ended"
    assert "sales.orders@2" in ended.value.hint
    assert shop.query.resolve(["sales.orders"])[0].version == "2.0.0"


def test_the_schedule_runs_the_old_version_too_until_its_date(shop: LocalWorkbench) -> None:
    registry = shop.context.registry
    shop.schedules.set("sales.orders", ScheduleDraft(every="P1D"))
    promoted = shop.products.promote(ask(override=WHY, sunset=now() + timedelta(days=20)))

    def fired(after: timedelta) -> list[str]:
        known = {run.id for run in shop.runs.list("sales.orders").items}
        Ticker(registry, by="wrk_1").tick(registry.now() + after)
        fresh = [run for run in shop.runs.list("sales.orders").items if run.id not in known]
        for run in fresh:
            shop.runs.cancel(run.id)
        return sorted(run.version for run in fresh)

    assert fired(timedelta(days=2)) == ["1.0.0", "2.0.0"]
    decision = shop.schedules.slots("sales.orders").items[0].decisions[-1]
    assert "Version 1.0.0 goes on beside it." in decision.reason
    assert fired(timedelta(days=30)) == ["2.0.0"]
    assert promoted.product.majors[0].scheduled


def test_a_change_that_nobody_knows_is_not_found(shop: LocalWorkbench) -> None:
    with pytest.raises(NotFound, match="no announced change brk_0"):
        shop.changes.acknowledge("brk_0")
