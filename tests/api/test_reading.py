"""Rows over HTTP: formats, tags, pages without SQL, and clients that leave."""

from __future__ import annotations

import io
import json
import time

import httpx
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from mesh_workbench.api import answers
from tests.api.conftest import ASKER
from tests.api.serving import API, anonymous, wait_until

ROWS = "/products/flight_ops/flights/ports/flights/rows"
ALL = {"statement": "SELECT * FROM flight_ops.flights ORDER BY flight"}
EXPECTED = [{"flight": number, "carrier": "UA"} for number in range(3)]
MEDIA = {
    "arrow": "application/vnd.apache.arrow.stream",
    "parquet": "application/vnd.apache.parquet",
    "csv": "text/csv",
    "jsonl": "application/x-ndjson",
}
READ = {
    "arrow": lambda data: pa.ipc.open_stream(data).read_all().to_pylist(),
    "parquet": lambda data: pq.read_table(io.BytesIO(data)).to_pylist(),
    "csv": lambda data: pa.csv.read_csv(io.BytesIO(data)).to_pylist(),
    "jsonl": lambda data: [json.loads(line) for line in data.splitlines()],
}


def ask(client, way: str, *, form: str | None = None, accept: str | None = None, **headers):
    """The same rows by POST and by GET."""
    headers |= {"Accept": accept} if accept else {}
    query = {"format": form} if form else {}
    if way == "query":
        return client.post("/query", json=ALL, params=query, headers=headers)
    return client.get(ROWS, params={"order": "flight", **query}, headers=headers)


@pytest.mark.parametrize("way", ["query", "rows"])
@pytest.mark.parametrize("form", MEDIA)
def test_every_format_has_the_rows_and_where_they_come_from(ana, way, form):
    for answer in (ask(ana, way, form=form), ask(ana, way, accept=f"text/html, {MEDIA[form]};q=0.9, */*;q=0.1")):
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].partition(";")[0] == MEDIA[form]
        assert READ[form](answer.content) == EXPECTED
        provenance = json.loads(answer.headers["mesh-provenance"])
        assert [(source["port"], source["release"]) for source in provenance["sources"]] == [("flights", 1)]
    if form == "parquet":
        metadata = pq.read_metadata(io.BytesIO(answer.content)).metadata
        assert json.loads(metadata[b"mesh.provenance"])["sources"] == provenance["sources"]


@pytest.mark.parametrize("way", ["query", "rows"])
@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "application/*;q=0.5", "text/csv;q=0, */*"])
def test_a_page_is_what_one_gets_without_saying_more(ana, way, accept):
    page = ask(ana, way, accept=accept).json()
    assert [dict(zip(page["columns"], row, strict=True)) for row in page["rows"]] == EXPECTED


@pytest.mark.parametrize("way", ["query", "rows"])
@pytest.mark.parametrize("accept", ["text/html", "image/png, application/json;q=0", "nonsense", "text/csv;q=x"])
def test_who_understands_nothing_of_it_is_told_what_there_is(ana, way, accept):
    refused = ask(ana, way, accept=accept)
    assert (refused.status_code, refused.json()["code"]) == (406, "request.not-acceptable")
    assert all(media in refused.json()["hint"] for media in MEDIA.values())
    assert ask(ana, way, form="xlsx").status_code == 422


@pytest.mark.parametrize("way", ["query", "rows"])
@pytest.mark.parametrize("form", [*MEDIA, None])
def test_an_answer_that_one_has_is_not_computed_again(ana, way, form, mesh):
    first = ask(ana, way, form=form)
    assert first.headers["cache-control"] == "private, no-cache"
    tag = first.headers["etag"]
    before = reads(mesh)
    again = ask(ana, way, form=form, **{"If-None-Match": f'"x", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert reads(mesh) == before, "nothing was read"
    assert ask(ana, way, form=form, **{"If-None-Match": 'W/"other"'}).status_code == 200
    other = "csv" if form != "csv" else "jsonl"
    assert ask(ana, way, form=other, **{"If-None-Match": tag}).status_code == 200, "another format is another answer"


def test_a_tag_is_of_the_question_the_releases_and_who_asks(ana, rita):
    def tag(client=ana, statement=ALL["statement"], **asked):
        return client.post("/query", json={"statement": statement, **asked}).headers.get("etag")

    assert tag() == tag()
    assert tag(as_of=None) == tag(statement=f"{ALL['statement']};")
    bound = "SELECT * FROM flight_ops.flights WHERE flight > $n"
    others = [tag(), tag(rita), tag(limit=2), tag(statement=f"{ALL['statement']} DESC"), tag(statement="SELECT 1")]
    others += [tag(statement=bound, parameters={"n": number}) for number in (1, 2)]
    assert len({*others}) == len(others)
    for volatile in ("now()", "random()"):
        answer = ana.post("/query", json={"statement": f"SELECT {volatile} AS x FROM flight_ops.flights"})
        assert "etag" not in answer.headers
        assert answer.headers["cache-control"] == "private, no-store"


def test_a_tag_opens_nothing_to_who_may_no_longer_read(mesh, address):
    bench = mesh.bench
    with anonymous(address, {ASKER: "tom"}) as tom:
        tag = tom.post("/query", json=ALL).headers["etag"]
        registry = bench.context.registry
        product_id = bench.products.get("flight_ops.flights").id
        registry.products.change(product_id, access="on_request")
        try:
            grants = registry.grants.active("tom", product_id)
            assert grants, "tom has a grant, by which he reads now"
            assert tom.post("/query", json=ALL, headers={"If-None-Match": tag}).status_code == 200
            with anonymous(address, {ASKER: "nobody"}) as nobody:
                for way in ("query", "rows"):
                    refused = ask(nobody, way, **{"If-None-Match": tag})
                    assert (refused.status_code, refused.json()["code"]) == (403, "query.forbidden")
        finally:
            registry.products.change(product_id, access="open")


def test_pages_follow_one_another(ana):
    seen, asked = [], {"limit": 2, "select": "flight", "filter": "carrier:eq:UA"}
    while asked.get("cursor", "") is not None:
        page = ana.get(ROWS, params=asked).json()
        seen += [row[0] for row in page["rows"]]
        asked["cursor"] = page["next"]
    assert seen == [0, 1, 2]
    assert ana.get(ROWS, params={"limit": 2}).json()["total"] == 3


def test_a_stream_says_where_the_rows_after_it_are(ana):
    first = ana.get(ROWS, params={"format": "csv", "limit": 2, "order": "flight"})
    link = first.links["next"]["url"]
    assert "limit=2" in link
    second = ana.get(link.removeprefix(API))
    assert READ["csv"](first.content) + READ["csv"](second.content) == EXPECTED
    assert "next" not in second.links


def test_mistakes_are_told_with_what_there_is(ana):
    wrong = ana.get(ROWS, params={"filter": "carier:eq:UA"})
    assert (wrong.status_code, wrong.json()["code"], wrong.json()["where"]) == (
        422,
        "rows.unknown-column",
        "query.filter",
    )
    assert "carrier" in wrong.json()["hint"]
    many = ana.get(ROWS, params={"limit": 20_000})
    assert (many.status_code, many.json()["code"]) == (422, "query.too-many-rows")
    assert "format=csv" in many.json()["hint"]
    assert ana.get(ROWS.replace("ports/flights", "ports/flight")).json()["code"] == "query.unknown-port"


@pytest.mark.parametrize("form", MEDIA)
def test_a_client_that_leaves_a_stream_ends_its_query(jupyter, mesh, form):
    body = {
        "statement": "SELECT r.range AS n, random() AS x, flights.* FROM flight_ops.flights, range(1000000) AS r",
        "limit": 1_000_000,
    }
    before = len(reads(mesh))
    with jupyter.client() as client:
        with client.stream("POST", f"{API}/query", params={"format": form}, json=body) as stream:
            assert stream.status_code == 200
            next(stream.iter_bytes(1000))
        wait_until(lambda: len(reads(mesh)) > before)
    assert max(rows or 0 for rows in reads(mesh)) < 1_000_000, "the rest was never made"


def test_a_stream_that_takes_too_long_is_cut_off_and_seen_to_be(ana, monkeypatch):
    monkeypatch.setattr(answers, "MAX_STREAM_S", 3)
    body = {"statement": "SELECT range AS n, repeat('x', 500) AS filler FROM range(1000000)", "limit": 1_000_000}
    with ana.stream("POST", "/query", params={"format": "csv"}, json=body) as stream:
        pieces = stream.iter_bytes()
        next(pieces)
        time.sleep(3.5)
        with pytest.raises(httpx.RemoteProtocolError):
            for _ in pieces:
                pass
    assert ask(ana, "query", form="csv").status_code == 200


def reads(mesh) -> list[int | None]:
    """How many rows each read had that is in the log."""
    mesh.bench.context.read_log.flush()
    product = mesh.bench.products.get("flight_ops.flights")
    return [read.rows for read in mesh.bench.context.registry.reads.list(product.id, limit=1000).items]
