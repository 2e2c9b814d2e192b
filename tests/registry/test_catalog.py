"""Domains, members, products, ports, versions, blobs."""

from __future__ import annotations

import pytest

from mesh_workbench.errors import Conflict, InvalidInput, NotFound
from mesh_workbench.model.base import now
from mesh_workbench.model.identity import Member, Role
from mesh_workbench.model.notebook import InputSpec
from mesh_workbench.model.product import ProductStatus
from mesh_workbench.registry import Registry
from tests import records


def test_a_domain_counts_its_products_but_not_the_retired_ones(registry: Registry) -> None:
    records.known_product(registry, "flight_ops.flights")
    gone = records.known_product(registry, "flight_ops.planes")
    registry.products.change(gone.id, status=ProductStatus.RETIRED)
    found = registry.domains.get("flight_ops")
    assert found is not None
    assert found.products == 1
    assert [domain.products for domain in registry.domains.list().items] == [1]


def test_a_domain_is_added_once_and_edited_by_one_at_a_time(registry: Registry) -> None:
    first = registry.domains.add(records.domain("fleet"))
    with pytest.raises(Conflict, match="already a domain fleet"):
        registry.domains.add(records.domain("fleet"))
    edited = registry.domains.update(first.model_copy(update={"title": "Fleet"}))
    assert edited.revision == 2
    with pytest.raises(Conflict, match="changed by somebody else"):
        registry.domains.update(first.model_copy(update={"title": "The fleet"}))
    assert registry.domains.get("fleet") == edited
    assert registry.domains.get("Fleet") is None


def test_a_role_in_a_domain_replaces_the_one_before_and_platform_roles_add_up(registry: Registry) -> None:
    registry.domains.add(records.domain("fleet"))
    for role in (Role.CONSUMER, Role.PRODUCER):
        registry.domains.set_member(Member(identity="ben", role=role, domain="fleet", since=now()))
    for role in (Role.GOVERNANCE, Role.PLATFORM_ADMIN, Role.GOVERNANCE):
        registry.domains.set_member(Member(identity="ben", role=role, since=now()))
    assert [member.role for member in registry.domains.members("fleet")] == [Role.PRODUCER]
    assert {member.role for member in registry.domains.members(None)} == {Role.GOVERNANCE, Role.PLATFORM_ADMIN}
    assert len(registry.domains.roles_of("ben")) == 3
    assert registry.domains.remove_member("ben", None, Role.GOVERNANCE)
    assert not registry.domains.remove_member("ben", None, Role.GOVERNANCE)
    with pytest.raises(NotFound, match="no domain network"):
        registry.domains.set_member(Member(identity="ben", role=Role.PRODUCER, domain="network", since=now()))


def test_a_product_is_added_once_into_a_domain_that_exists(registry: Registry) -> None:
    first = records.known_product(registry, "flight_ops.flights", tags=["daily"])
    with pytest.raises(Conflict) as conflict:
        registry.products.add(records.product("flight_ops.flights"), "")
    assert conflict.value.code == "product.exists"
    with pytest.raises(NotFound, match="no domain nowhere"):
        registry.products.add(records.product("nowhere.flights"), "")
    assert registry.products.get("flight_ops", "flights") == first
    assert registry.products.by_id(first.id) == first
    assert registry.products.names() == ["flight_ops.flights"]


def test_two_edits_of_one_revision_make_one_conflict(registry: Registry) -> None:
    first = records.known_product(registry)
    registry.products.update(first.model_copy(update={"title": "Flights"}), expected_revision=1)
    with pytest.raises(Conflict, match="changed by somebody else"):
        registry.products.update(first.model_copy(update={"title": "All flights"}), expected_revision=1)
    changed = registry.products.change(first.id, release=3)
    assert (changed.title, changed.release, changed.revision) == ("Flights", 3, 3)


def test_lists_go_on_after_a_cursor_also_when_rows_come_between(registry: Registry) -> None:
    for number in range(5):
        records.known_product(registry, f"fleet.p{number}")
    page = registry.products.list(limit=2)
    records.known_product(registry, "fleet.a_new_first_one")
    seen = [product.name for product in page.items]
    while page.next:
        page = registry.products.list(cursor=page.next, limit=2)
        seen += [product.name for product in page.items]
    assert seen == ["p0", "p1", "p2", "p3", "p4"]


@pytest.mark.parametrize("cursor", ["", "x", "bm9uc2Vuc2U", "WzFd", "%%%", "é"])
def test_a_cursor_that_is_not_ours_is_refused(registry: Registry, cursor: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        registry.products.list(cursor=cursor)
    assert refusal.value.code == "cursor.invalid"


def test_names_sort_by_code_point_on_every_database(registry: Registry) -> None:
    registry.domains.add(records.domain("d"))
    for name in ("ab", "a_b", "a0", "aa"):
        registry.products.add(records.product(f"d.{name}"), "")
    assert registry.products.names() == ["d.a0", "d.a_b", "d.aa", "d.ab"]


def test_ports_keep_their_order_and_their_names(registry: Registry) -> None:
    product = records.known_product(registry)
    second = registry.products.add_port(records.port(product, "cancelled", 1))
    first = registry.products.add_port(records.port(product, "flights", 0))
    assert registry.products.ports(product.id) == [first, second]
    assert registry.products.ports_of([product.id, "prd_unknown"]) == {product.id: [first, second]}
    with pytest.raises(Conflict, match="already a port"):
        registry.products.add_port(records.port(product, "flights", 2))


def test_versions_sort_as_numbers_and_each_is_recorded_once(registry: Registry) -> None:
    product = records.known_product(registry)
    for number in ("1.0.0", "1.10.0", "1.9.0", "2.0.0"):
        registry.versions.add(records.version(product, number))
    newest = registry.versions.newest(product.id)
    assert newest is not None
    assert newest.version == "2.0.0"
    assert [v.version for v in registry.versions.list(product.id).items] == ["2.0.0", "1.10.0", "1.9.0", "1.0.0"]
    assert registry.versions.by_id(newest.id) == registry.versions.get(product.id, "2.0.0") == newest
    with pytest.raises(Conflict) as conflict:
        registry.versions.add(records.version(product, "1.9.0"))
    assert conflict.value.code == "version.exists"


def test_consumers_are_those_whose_newest_version_reads_the_product(registry: Registry) -> None:
    reads = [InputSpec(port="flight_ops.flights", cell=0), InputSpec(port="flight_ops.flights.late", cell=1)]
    reader = records.known_product(registry, "insights.delays")
    former = records.known_product(registry, "insights.former")
    registry.versions.add(records.version(reader, "1.0.0", inputs=reads))
    registry.versions.add(records.version(former, "1.0.0", inputs=reads))
    registry.versions.add(records.version(former, "1.1.0"))
    assert registry.versions.consumers_of("flight_ops.flights") == ["insights.delays"]
    assert registry.versions.consumers_of("flight_ops") == []


def test_equal_bytes_are_kept_once_and_come_back_verbatim(registry: Registry) -> None:
    content = b"\x00\xff contract: \r\n"
    digest = registry.blobs.put(content)
    assert registry.blobs.put(content) == digest
    assert digest.startswith("sha256:")
    assert registry.blobs.get(digest) == content
    with pytest.raises(NotFound, match="Nothing is kept"):
        registry.blobs.get("sha256:00")


def test_of_two_contracts_adopted_for_a_port_the_first_one_stays(registry: Registry) -> None:
    version = records.known_version(registry)
    digest, other = registry.blobs.put(b"first"), registry.blobs.put(b"second")
    assert registry.versions.adopt_contract(version.id, "flights", digest) == digest
    assert registry.versions.adopt_contract(version.id, "flights", other) == digest
    newest = registry.versions.newest(version.product_id)
    assert newest is not None
    assert newest.contract_blobs == registry.versions.contract_blobs(version.id) == {"flights": digest}


def test_the_ancestry_of_a_domain_ends_also_when_parents_form_a_circle(registry: Registry) -> None:
    registry.domains.add(records.domain("a", parent="b"))
    registry.domains.add(records.domain("b", parent="c"))
    registry.domains.add(records.domain("c", parent="a"))
    assert registry.domains.ancestry("a") == ["a", "b", "c"]


def test_a_contract_of_a_version_must_be_kept_bytes(registry: Registry) -> None:
    product = records.known_product(registry)
    digest = registry.blobs.put(b"contract")
    kept = registry.versions.add(records.version(product, "1.0.0", contract_blobs={"flights": digest}))
    assert registry.versions.by_id(kept.id) == kept
    with pytest.raises(Exception, match="refused a change"):
        registry.versions.add(records.version(product, "1.1.0", contract_blobs={"flights": "sha256:unknown"}))
    assert registry.versions.get(product.id, "1.1.0") is None
