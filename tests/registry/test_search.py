"""Search over the catalog."""

from __future__ import annotations

import pytest

from mesh_workbench.errors import InvalidInput
from mesh_workbench.model.product import Column, ProductStatus
from mesh_workbench.model.search import Facet, SearchRequest
from mesh_workbench.registry import Registry, search_lines
from tests import records


@pytest.fixture
def catalog(registry: Registry) -> Registry:
    def add(name: str, columns: list[str], **about: object) -> None:
        product = records.known_product(registry, name, **about)
        lines = search_lines(product, [Column(name=column, type="string") for column in columns])
        registry.products.set_search_text(product.id, lines)

    with registry.transaction():
        add("flight_ops.flights", ["carrier", "dep_delay"], title="Alle Flüge", tags=["daily", "r\0w"])
        add("insights.daily_delays", ["Carrier"], description="Delays\nper day: description", tags=["daily"])
        add("fleet.planes", ["tailnum"], owner="delay", status=ProductStatus.RETIRED)
        add("fleet.fifty_percent", [], title="50% of_all \\ names")
    return registry


def found(registry: Registry, text: str = "", **more: object) -> list[str]:
    request = SearchRequest.model_validate({"text": text, **more})
    return [product.full_name for product, _ in registry.products.search(request).items]


def test_every_word_must_be_somewhere_and_the_better_place_comes_first(catalog: Registry) -> None:
    assert found(catalog, "delay") == ["insights.daily_delays", "fleet.planes", "flight_ops.flights"]
    assert found(catalog, "delay carrier") == ["insights.daily_delays", "flight_ops.flights"]
    assert found(catalog, "delay nowhere") == []
    assert found(catalog, "flights") == ["flight_ops.flights"]
    assert len(found(catalog)) == 4


def test_case_and_form_of_letters_do_not_matter(catalog: Registry) -> None:
    assert found(catalog, "FLU\u0308GE") == found(catalog, "flüge") == ["flight_ops.flights"]


def test_labels_are_not_found_and_wildcards_are_letters(catalog: Registry) -> None:
    assert found(catalog, "column") == found(catalog, "title") == []
    assert found(catalog, "description") == ["insights.daily_delays"]
    assert found(catalog, "50%") == ["fleet.fifty_percent"]
    assert found(catalog, "%") == ["fleet.fifty_percent"]
    assert found(catalog, "of_all") == ["fleet.fifty_percent"]
    assert found(catalog, "ofxall") == []
    assert found(catalog, "\\") == ["fleet.fifty_percent"]
    assert found(catalog, "'; drop table product; --") == []
    assert found(catalog, "\0") == ["flight_ops.flights"]


def test_it_says_where_the_words_were(catalog: Registry) -> None:
    hits = catalog.products.search(SearchRequest(text="carrier daily")).items
    assert {product.name: matched for product, matched in hits} == {
        "flights": ["tag", "column carrier"],
        "daily_delays": ["name", "tag", "column Carrier"],
    }


def test_facets_narrow_and_count_what_each_choice_would_leave(catalog: Registry) -> None:
    result = catalog.products.search(SearchRequest(domains=["fleet"]))
    assert result.total == 2
    assert result.facets["domain"] == [
        Facet(value="fleet", count=2),
        Facet(value="flight_ops", count=1),
        Facet(value="insights", count=1),
    ]
    assert result.facets["status"] == [Facet(value="draft", count=1), Facet(value="retired", count=1)]
    assert result.facets["tag"] == []
    assert found(catalog, tags=["r\0w"]) == ["flight_ops.flights"]
    assert Facet(value="r\0w", count=1) in catalog.products.search(SearchRequest()).facets["tag"]
    assert found(catalog, tags=["daily"], statuses=["draft"]) == ["flight_ops.flights", "insights.daily_delays"]


def test_health_comes_from_who_knows_it(catalog: Registry) -> None:
    def health_of(product_ids: list[str]) -> dict[str, str]:
        known = catalog.products.many(product_ids)
        return {each: "late" if product.domain == "fleet" else "kept" for each, product in known.items()}

    result = catalog.products.search(SearchRequest(health=["late"]), health_of=health_of)
    assert {product.domain for product, _ in result.items} == {"fleet"}
    assert result.facets["health"] == [Facet(value="kept", count=2), Facet(value="late", count=2)]


def test_pages_of_hits_follow_each_other(catalog: Registry) -> None:
    first = catalog.products.search(SearchRequest(text="delay", limit=2))
    second = catalog.products.search(SearchRequest(text="delay", limit=2, cursor=first.next))
    assert first.total == second.total == 3
    assert [product.name for product, _ in (*first.items, *second.items)] == ["daily_delays", "planes", "flights"]
    assert second.next is None
    with pytest.raises(InvalidInput, match="not a cursor"):
        catalog.products.search(SearchRequest(cursor="WyJ4Il0"))
