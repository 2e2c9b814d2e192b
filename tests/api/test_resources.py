"""What the routes answer, on a real workbench."""

from __future__ import annotations

import threading

import httpx
import pytest

from mesh_workbench.api.app import create_app
from mesh_workbench.api.etag import demand
from mesh_workbench.api.idempotency import Replays
from mesh_workbench.errors import MeshError
from mesh_workbench.model.base import Page
from mesh_workbench.model.identity import Identity
from tests.api.conftest import flights_notebook
from tests.api.serving import API, anonymous, served, wait_until

FLIGHTS = "/products/flight_ops/flights"


def problem(response: httpx.Response, status: int, code: str) -> dict:
    assert (response.status_code, response.json().get("code")) == (status, code), response.text
    assert response.headers["content-type"] == "application/problem+json"
    return response.json()


def test_the_catalog_is_browsed_from_domain_to_release(ana, mesh):
    assert [one["name"] for one in ana.get("/domains").json()["items"]] == ["flight_ops", "reviewed"]
    assert ana.get("/domains/flight_ops").json()["members"]
    names = [one["full_name"] for one in ana.get("/products", params={"domain": "flight_ops"}).json()["items"]]
    assert "flight_ops.flights" in names
    assert ana.get(FLIGHTS).json()["release"] == 1
    assert ana.get(f"{FLIGHTS}/versions/{mesh.version}").json()["version"] == mesh.version
    assert ana.get(f"{FLIGHTS}/versions").json()["items"][0]["version"] == mesh.version
    assert ana.get(f"{FLIGHTS}/contract").json()["columns"]
    assert ana.get(f"{FLIGHTS}/releases").json()["items"][0]["number"] == 1
    assert ana.get(f"{FLIGHTS}/releases/1").json()["run_id"] == mesh.run_id
    assert len(ana.get(f"{FLIGHTS}/sample", params={"limit": 2}).json()["rows"]) == 2
    found = ana.get("/search", params={"text": "flights", "domain": "flight_ops"}).json()
    assert "flight_ops.flights" in [hit["product"]["full_name"] for hit in found["items"]]


def test_a_run_can_be_read_in_all_its_parts(ana, mesh):
    assert ana.get(f"/runs/{mesh.run_id}").json()["state"] == "succeeded"
    assert mesh.run_id in [
        run["id"] for run in ana.get("/runs", params={"product": "flight_ops.flights"}).json()["items"]
    ]
    assert ana.get(f"/runs/{mesh.run_id}/report").json() == ana.get(f"/reports/{mesh.report_id}").json()
    assert ana.get(f"/runs/{mesh.run_id}/log").headers["content-type"] == "text/plain; charset=utf-8"
    problem(ana.get(f"/runs/{mesh.queued_run_id}/report"), 404, "report.none")


def test_what_a_version_froze_is_downloaded_and_never_shown(ana, mesh):
    at = f"{FLIGHTS}/versions/{mesh.version}"
    file = ana.get(f"{at}/file?path=notes.txt")
    assert file.content == b"Notes"
    assert file.headers["content-disposition"] == "attachment"
    assert "sandbox" in file.headers["content-security-policy"]
    assert ana.get(f"{at}/lock").json()["distributions"]
    assert ana.get(f"{at}/file?path=../notes.txt").status_code == 404


def test_a_version_is_exported_and_taken_in(ana, mesh):
    bundle = ana.get(f"{FLIGHTS}/versions/{mesh.version}/bundle")
    assert bundle.headers["content-disposition"] == f'attachment; filename="flight_ops.flights-{mesh.version}.mesh"'
    sent = {"content": bundle.content, "headers": {"content-type": "application/octet-stream"}}
    taken = ana.post("/bundles?to=flight_ops.copied", **sent)
    assert taken.status_code == 201, taken.text
    assert taken.headers["location"].endswith(f"/products/flight_ops/copied/versions/{mesh.version}")
    assert taken.json()["version"]["digest"] == ana.get(f"{FLIGHTS}/versions/{mesh.version}").json()["digest"]
    refused = ana.post("/bundles?to=flight_ops.bad", **{**sent, "content": bundle.content[:-100]})
    assert (refused.status_code, refused.json()["code"]) == (422, "bundle.not-a-bundle")


@pytest.mark.parametrize("path", ["/runs/{run}/notebook", FLIGHTS + "/versions/{version}/notebook", "/runs/{run}/log"])
def test_what_people_wrote_can_never_run_in_our_origin(ana, mesh, path):
    answer = ana.get(path.format(run=mesh.run_id, version=mesh.version))
    assert answer.status_code == 200
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "html" not in answer.headers["content-type"]


def test_an_executed_notebook_is_a_page_that_does_nothing(ana, mesh):
    answer = ana.get(f"/runs/{mesh.run_id}/page")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"].endswith("; sandbox")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "flight_ops.flights" in answer.text
    assert "input_area" not in answer.text.partition("</style>")[2]
    with_code = ana.get(f"/runs/{mesh.run_id}/page", params={"code": True}).text
    assert "input_area" in with_code.partition("</style>")[2]


def test_a_page_that_is_known_already_is_not_sent_again(ana, mesh):
    first = ana.get(FLIGHTS)
    assert first.headers["etag"].startswith(f'"{first.json()["revision"]}.')

    def known() -> bool:
        """Until the number of readers rests: the log of reads is written a moment after each read."""
        again = ana.get(FLIGHTS, headers={"If-None-Match": ana.get(FLIGHTS).headers["etag"]})
        return (again.status_code, again.content) == (304, b"")

    wait_until(known)
    assert ana.get(FLIGHTS, headers={"If-None-Match": '"0.0"'}).status_code == 200


def test_a_product_is_deprecated_only_by_who_saw_its_present_state(ana, mesh):
    made = ana.post("/promotions", json={"notebook": flights_notebook(4), "to": "flight_ops.old"})
    assert made.status_code == 201, made.text
    url = "/products/flight_ops/old/retire"
    product = ana.get("/products/flight_ops/old")
    seen = product.headers["etag"]
    problem(ana.post(url, json={"reason": "Test."}), 428, "request.precondition-required")
    stale = problem(
        ana.post(url, json={"reason": "Test."}, headers={"If-Match": '"99"'}), 412, "request.precondition-failed"
    )
    assert stale["details"]["revision"] == product.json()["revision"]
    problem(ana.post(url, json={}, headers={"If-Match": seen}), 422, "request.invalid")
    assert ana.post(url, json={"reason": "Test."}, headers={"If-Match": seen}).json()["status"] == "retired"
    problem(ana.post(url, json={"reason": "Again."}, headers={"If-Match": seen}), 412, "request.precondition-failed")


@pytest.mark.parametrize("header", ['"3"', '"3.abc"', 'W/"3.abc"', '"1", "3"', "*"])
def test_a_tag_matches_by_its_revision(header):
    demand(header, 3, "it")
    if header != "*":
        with pytest.raises(MeshError, match="changed meanwhile"):
            demand(header, 4, "it")


def test_a_schedule_is_set_watched_and_paused(ana, mesh):
    url = "/products/flight_ops/waiting/schedule"
    problem(ana.get(url), 404, "schedule.none")
    draft = {"cron": "0 6 * * *", "timezone": "Europe/Madrid"}
    assert ana.put(url, json=draft).json()["next_fire"]
    tag = ana.get(url).headers["etag"]
    assert ana.get(url, headers={"If-None-Match": tag}).status_code == 304
    problem(ana.put(url, json=draft, headers={"If-Match": '"99"'}), 412, "request.precondition-failed")
    assert ana.post(f"{url}/pause", json={"reason": "Holiday."}).json()["paused"] is True
    assert ana.post(f"{url}/resume").json()["paused"] is False
    times = ana.post("/schedules/preview", params={"count": 5}, json=draft).json()["items"]
    assert len(times) == 5
    assert times == sorted(times)
    assert problem_where(ana.post("/schedules/preview", json={"cron": 6})) == "body.cron"
    problem(ana.post("/schedules/preview", json={}), 422, "schedule.no-kind")
    paused = ana.post(f"{url}/pause", json={"until": "2999-01-01T00:00:00Z"}).json()
    assert (paused["paused"], paused["pause"]["until"]) == (True, "2999-01-01T00:00:00Z")
    coming = ana.get(f"{url}/preview", params={"zone": "Asia/Tokyo", "count": 2}).json()
    assert [slot["at"] for slot in coming["slots"]] == coming["items"]
    assert "JST" in coming["slots"][0]["words"]
    assert coming["notes"] == ["flight_ops.waiting was paused by ana until 2999-01-01 00:00 UTC."]
    assert ana.get("/products/flight_ops/waiting/slots").json() == {"items": [], "next": None}
    assert ana.delete(url).json()["next_fire"] is None
    problem(ana.delete(url), 404, "schedule.none")


def test_a_domain_is_paused_until_it_is_resumed(ana, mesh):
    assert ana.post("/domains/flight_ops/pause", json={"reason": "Holiday."}).json()["pause"]["reason"] == "Holiday."
    assert ana.get("/domains/flight_ops").json()["pause"]["scope"] == "flight_ops"
    assert ana.post("/domains/flight_ops/resume").json()["pause"] is None
    assert ana.get("/domains/flight_ops").json()["pause"] is None


def problem_where(response: httpx.Response) -> str:
    assert response.status_code == 422
    return response.json()["where"]


def test_a_run_that_is_asked_for_twice_with_one_key_is_one_run(ana, rita, mesh):
    body = {"product": "flight_ops.waiting"}
    answers = [ana.post("/runs", json=body, headers={"Idempotency-Key": "k1"}) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert answers[0].headers["location"].endswith(f"/runs/{answers[0].json()['id']}")
    assert ana.post("/runs", json=body, headers={"Idempotency-Key": "k2"}).json()["id"] != answers[0].json()["id"]


def test_what_caused_a_run_is_not_for_the_client_to_say(ana, mesh):
    run = ana.post("/runs", json={"product": "flight_ops.waiting", "trigger": "schedule"}).json()
    assert run["trigger"] == "manual"


def test_a_promotion_that_is_sent_twice_at_once_is_done_once(address, mesh):
    body = {"notebook": flights_notebook(5), "to": "flight_ops.once", "run": True}
    answers = []

    def send() -> None:
        with anonymous(address, {"Idempotency-Key": "p1"}) as client:
            answers.append(client.post("/promotions", json=body))

    senders = [threading.Thread(target=send) for _ in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert [one.status_code for one in answers] == [201] * 4, answers[0].text
    assert len({one.json()["run"]["id"] for one in answers}) == 1
    with anonymous(address, {"Idempotency-Key": "p1"}) as client:
        problem(client.post("/promotions", json={**body, "note": "other"}), 422, "request.key-reused")


def test_an_error_is_not_remembered_under_its_key():
    replays, calls = Replays(), []

    def act() -> str:
        calls.append(1)
        if len(calls) == 1:
            raise ValueError("first")
        return "done"

    with pytest.raises(ValueError, match="first"):
        replays.once("k", Page(), act)
    assert replays.once("k", Page(), act) == replays.once("k", Page(), act) == "done"
    assert len(calls) == 2


def test_a_plan_stores_nothing(ana, mesh):
    body = {"notebook": flights_notebook(), "to": "flight_ops.only_planned"}
    plan = ana.post("/promotions/plan", json=body).json()
    assert (plan["status"], plan["next_version"]) == ("new", "1.0.0")
    problem(ana.get("/products/flight_ops/only_planned"), 404, "product.unknown")


def test_an_unknown_product_comes_with_a_suggestion(ana, mesh):
    assert "flight_ops.flights" in problem(ana.get("/products/flight_ops/fligths"), 404, "product.unknown")["hint"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/products/..%2f..%2fetc/passwd", 404),
        ("/products/flight_ops/flights%2F..", 404),
        ("/products/flight_ops/flights%00", 422),
        ("/products/flight_ops/a.b", 422),
        ("/products/a.b/c", 422),
        ("/products/flight_ops/%F0%9F%92%A9", 422),
        ("/products/flight_ops/%FF%FE", 422),
        ("/products/flight_ops/'; DROP TABLE product; --", 422),
        ("/products/flight_ops/<script>alert(1)<%2Fscript>", 404),
        ("/products/FLIGHT_OPS/flights", 422),
        ("/products/flight_ops/" + "x" * 5000, 422),
        ("/domains/select", 422),
        ("/runs/..", 404),
        ("/runs/..%2F..%2Fmesh.toml/notebook", 404),
        ("/runs/" + "r" * 65, 422),
        ("/products/flight_ops/flights/versions/latest", 422),
        ("/products/flight_ops/flights/releases/0", 422),
        ("/products/flight_ops/flights/releases/99999999999999999999", 422),
        ("/products/flight_ops/flights/sample?limit=201", 422),
        ("/products/flight_ops/flights/sample?port=a.b", 422),
        ("/products?limit=101", 422),
        ("/products?cursor=%00", 422),
        ("/runs?cursor=nonsense", 422),
        ("/search?text=" + "x" * 501, 422),
        ("/status/", 404),
    ],
)
def test_hostile_addresses_are_refused_with_a_problem(ana, mesh, path, status):
    answer = ana.get(path)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"]


@pytest.mark.parametrize(
    "text",
    [
        "' OR 1=1 --",
        "\0",
        "%",
        "_",
        '"',
        "\\",
        "a AND (",
        "*",
        "🛫",
        "NEAR(",
        "select",
        "\ud800".encode("utf-8", "replace").decode(),
    ],
)
def test_any_words_can_be_searched_for(ana, mesh, text):
    assert ana.get("/search", params={"text": text}).status_code in (200, 422)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "request.invalid"),
        (b"{", "request.invalid"),
        (b"[]", "request.invalid"),
        (b'{"statement": 1}', "request.invalid"),
        (b'{"statement": "SELECT 1", "limit": 0}', "request.invalid"),
        (b'{"statement": "SELECT 1", "limit": 10001}', "query.too-many-rows"),
        (b'{"statement": "SELECT 1", "surprise": 1}', "request.invalid"),
        (b"\xff\xfe", "request.invalid"),
    ],
)
def test_a_body_that_cannot_be_accepted_says_where(ana, body, code):
    refused = problem(ana.post("/query", content=body, headers={"Content-Type": "application/json"}), 422, code)
    assert refused["where"].startswith("body")
    assert refused["hint"]


def test_a_body_that_is_too_large_is_refused_before_it_is_read(mesh):
    app = create_app(lambda _request: mesh.bench, max_body=1000)
    with served(app) as url, anonymous(url + API) as client:
        problem(client.post("/contracts/lint", json={"text": "x" * 2000}), 413, "request.too-large")

        def pieces():
            for _ in range(20):
                yield b"x" * 100

        problem(client.post("/contracts/lint", content=pieces()), 413, "request.too-large")


def test_what_nobody_foresaw_is_logged_and_not_told(caplog):
    def broken(_request):
        raise RuntimeError("the password is swordfish")

    with served(create_app(broken)) as url, anonymous(url + API) as client:
        answer = client.get("/status")
        assert problem(answer, 500, "internal.error")
        assert "swordfish" not in answer.text
    assert "swordfish" in caplog.text


def test_rows_come_as_json_with_types_and_provenance(ana, mesh):
    page = ana.post(
        "/query",
        json={
            "statement": "SELECT flight FROM flight_ops.flights WHERE flight >= $least ORDER BY flight",
            "parameters": {"least": 1},
        },
    ).json()
    assert page["rows"] == [[1], [2]]
    assert page["columns"] == ["flight"]
    assert page["provenance"]["sources"][0]["release"] == 1


def test_the_workbench_is_asked_as_who_asks(rita, ana):
    assert rita.get("/status").json()["identity"] == "rita"
    assert ana.get("/status").json()["roles"] == ["platform_admin"]


def test_a_reader_given_by_a_grant_is_listed_and_taken_back(ana, mesh):
    grant = ana.post(f"{FLIGHTS}/grants", json={"identity": "eve", "purpose": "Report"})
    assert grant.status_code == 201
    assert "eve" in [one["identity"] for one in ana.get(f"{FLIGHTS}/grants").json()["items"]]
    assert ana.delete(f"/grants/{grant.json()['id']}").json()["revoked"]
    problem(ana.delete("/grants/grt_x"), 404, "grant.unknown")
    assert ana.get("/audit", params={"limit": 1}).json()["items"][0]["action"] == "access.revoke"


def test_the_same_application_serves_two_people(mesh):
    app = create_app(lambda request: mesh.bench.as_(Identity(name=request.query_params["as"])))
    with served(app) as url, anonymous(url + API) as client:
        assert [client.get("/status", params={"as": who}).json()["identity"] for who in ("x", "y")] == ["x", "y"]
