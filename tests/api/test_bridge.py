"""The way through Jupyter: headers, streams, speed."""

from __future__ import annotations

import contextlib
import json
import statistics
import threading
import time

import httpx

from tests.api.serving import API, wait_until

SLOW = "SELECT count(*) AS n FROM range(20000) AS a(x), range(20000) AS b(y) WHERE (a.x * b.y) % 7 = 3"


def test_only_listed_headers_pass(jupyter, mesh):
    with jupyter.client() as client:
        answer = client.get(f"{API}/products/flight_ops/flights", headers={"Cookie": "secret=1"})
        assert answer.headers["etag"].startswith('"')
        assert answer.headers["content-type"] == "application/json"
        again = client.get(f"{API}/products/flight_ops/flights", headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_a_location_leads_back_through_the_base_url(jupyter, mesh):
    with jupyter.client() as client:
        made = client.post(f"{API}/runs", json={"product": "flight_ops.waiting"})
        assert made.status_code == 201, made.text
        assert made.headers["location"] == f"/some/where{API}/runs/{made.json()['id']}"
        assert client.post(f"{API}/runs/{made.json()['id']}/cancel").json()["state"] == "cancelled"


def test_live_events_arrive_in_order_while_a_run_changes_and_end_with_the_client(jupyter, mesh):
    with jupyter.client() as client, jupyter.client() as other:
        run_id = other.post(f"{API}/runs", json={"product": "flight_ops.waiting"}).json()["id"]
        states = []
        with client.stream("GET", f"{API}/events", params={"run": [run_id, mesh.run_id]}) as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            began = time.monotonic()
            for name, value in events(stream):
                assert name == "run"
                if value["id"] != run_id:
                    continue
                states.append(value["state"])
                if states == ["queued"]:
                    assert time.monotonic() - began < 2, "the first state comes at once"
                    other.post(f"{API}/runs/{run_id}/cancel")
                if value["state"] == "cancelled":
                    break
        assert states == ["queued", "cancelled"]
        assert other.get(f"{API}/status").status_code == 200


def test_many_streams_leave_the_server_quick(jupyter, mesh):
    with jupyter.client() as client:
        streams = [client.stream("GET", f"{API}/events", params={"run": mesh.run_id}, timeout=30) for _ in range(20)]
        opened = [stream.__enter__() for stream in streams]
        try:
            assert all(one.status_code == 200 for one in opened)
            assert median_ms(lambda: client.get(f"{API}/runs/{mesh.run_id}"), 20) < 200
        finally:
            for stream in streams:
                stream.__exit__(None, None, None)


def test_watching_an_unknown_run_or_too_many_is_refused(jupyter, mesh):
    with jupyter.client() as client:
        assert client.get(f"{API}/events", params={"run": "run_x"}).json()["code"] == "run.unknown"
        assert client.get(f"{API}/events").status_code == 422
        assert client.get(f"{API}/events", params={"run": ["r"] * 21}).status_code == 422


def test_the_server_answers_while_a_slow_query_runs(jupyter, mesh):
    with jupyter.client() as client, jupyter.client() as other:
        done = threading.Event()

        def ask() -> None:
            client.post(f"{API}/query", json={"statement": SLOW}, timeout=120)
            done.set()

        asking = threading.Thread(target=ask)
        asking.start()
        time.sleep(0.3)
        slow = not done.is_set()
        waited = median_ms(lambda: other.get("/api/status"), 10)
        asking.join()
        assert slow, "the query was meant to be slow"
        assert waited < 250


def test_what_the_bridge_adds_is_a_few_milliseconds(jupyter):
    with jupyter.client() as client:
        assert median_ms(lambda: client.get(f"{API}/nothing-here"), 40) < 25


def test_arrow_streams_through_with_their_provenance(jupyter, mesh):
    import pyarrow

    with jupyter.client() as client:
        answer = client.post(
            f"{API}/query",
            json={"statement": "SELECT * FROM flight_ops.flights ORDER BY flight"},
            headers={"Accept": "application/vnd.apache.arrow.stream"},
        )
        assert answer.status_code == 200, answer.text
        table = pyarrow.ipc.open_stream(answer.content).read_all()
        assert table["flight"].to_pylist() == [0, 1, 2]
        provenance = json.loads(table.schema.metadata[b"mesh.provenance"])
        assert [(source["name"], source["release"]) for source in provenance["sources"]] == [("flight_ops.flights", 1)]


def test_an_arrow_stream_begins_before_it_is_whole_and_ends_with_its_reader(jupyter, mesh):
    body = {"statement": "SELECT range AS n, repeat('x', 200) AS filler FROM range(1000000)", "limit": 1_000_000}
    with jupyter.client(headers={"Accept": "application/vnd.apache.arrow.stream"}) as client:
        read = 0
        with client.stream("POST", f"{API}/query", json=body) as stream:
            assert stream.status_code == 200
            for piece in stream.iter_bytes():
                read += len(piece)
                if read > 1_000_000:
                    break
        assert read < 100_000_000, "the rest was never made"
        assert client.get(f"{API}/status").status_code == 200


def test_a_client_that_leaves_frees_its_place(jupyter, mesh):
    with jupyter.client() as client:
        for _ in range(3):
            with contextlib.suppress(httpx.TimeoutException):
                client.post(f"{API}/query", json={"statement": SLOW}, timeout=0.3)
        assert client.get(f"{API}/status").status_code == 200
        quick = {"statement": "SELECT count(*) AS n FROM flight_ops.flights"}
        wait_until(lambda: client.post(f"{API}/query", json=quick, timeout=60).status_code == 200, 60)


def events(stream):
    """Names and values of server-sent events."""
    name = ""
    for line in stream.iter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


def median_ms(act, times: int) -> float:
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)
