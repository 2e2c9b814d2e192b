"""Every route of the OpenAPI document, over a real Jupyter Server, asked by those who may not."""

from __future__ import annotations

import pytest

from tests.api.conftest import flights_notebook
from tests.api.operations import ABOUT_ONESELF, FOR_SOME, HARMLESS_POSTS, WRITES, operations
from tests.api.serving import API, anonymous

OPERATIONS = operations()
BY_NAME = [pytest.param(operation, id=operation.name) for operation in OPERATIONS]
BESIDE = [("GET", "/worker"), ("POST", "/worker"), ("POST", "/init"), ("GET", "/demo"), ("POST", "/demo")]


def ask(client, operation, mesh, **kwargs):
    return client.request(
        operation.method, API + operation.url(mesh), json=operation.content(flights_notebook()), **kwargs
    )


def problem(response, status: int) -> dict:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["status"] == status
    return response.json()


def test_every_writing_route_has_an_example():
    assert {one.name for one in OPERATIONS if one.method != "GET"} == {*WRITES, *HARMLESS_POSTS, *ABOUT_ONESELF}


@pytest.mark.parametrize("operation", BY_NAME)
def test_without_a_token_nothing_is_answered(jupyter, mesh, operation):
    with anonymous(jupyter.url) as nobody:
        assert problem(ask(nobody, operation, mesh), 403)["code"] in ("auth.not-signed-in", "auth.xsrf")


@pytest.mark.parametrize("operation", BY_NAME)
def test_with_a_wrong_token_nothing_is_answered(jupyter, mesh, operation):
    with jupyter.client("token-of-nobody") as stranger:
        assert problem(ask(stranger, operation, mesh), 403)["code"] in ("auth.not-signed-in", "auth.xsrf")


@pytest.mark.parametrize("operation", [one for one in BY_NAME if one.values[0].method != "GET"])
def test_a_signed_in_browser_changes_nothing_without_the_xsrf_token(jupyter, mesh, operation):
    with jupyter.signed_in() as browser:
        assert problem(ask(browser, operation, mesh), 403)["code"] == "auth.xsrf"


@pytest.mark.parametrize(("method", "path"), BESIDE)
def test_routes_beside_the_api_are_guarded_too(jupyter, method, path):
    url = f"/mesh-workbench{path}"
    with anonymous(jupyter.url) as nobody, jupyter.client("wrong") as stranger:
        problem(nobody.request(method, url, json={}), 403)
        problem(stranger.request(method, url, json={}), 403)
    if method == "POST":
        with jupyter.signed_in() as browser:
            assert problem(browser.request(method, url, json={}), 403)["code"] == "auth.xsrf"


@pytest.mark.parametrize("operation", [one for one in BY_NAME if one.values[0].name in WRITES])
def test_somebody_without_a_role_changes_nothing(jupyter, mesh, operation):
    with jupyter.client("token-of-rita") as rita:
        seen = {"If-Match": "*"} if operation.name.endswith(("Product", "Sunset")) else {}
        refused = problem(ask(rita, operation, mesh, headers=seen), 403)
        assert refused["code"] in ("access.denied", "review.not-yours")
        assert refused["hint"]


@pytest.mark.parametrize("operation", [one for one in BY_NAME if one.values[0].name in {*HARMLESS_POSTS, *FOR_SOME}])
def test_somebody_without_a_role_may_ask_but_not_see_who_did_what(jupyter, mesh, operation):
    with jupyter.client("token-of-rita") as rita:
        expected = 403 if operation.name in FOR_SOME else 200
        assert ask(rita, operation, mesh).status_code == expected


@pytest.mark.parametrize("operation", [one for one in BY_NAME if one.values[0].name in ABOUT_ONESELF])
def test_somebody_without_a_role_says_how_to_be_told(jupyter, mesh, operation):
    with jupyter.client("token-of-rita") as rita:
        answer = ask(rita, operation, mesh)
        assert answer.status_code in (200, 404), answer.text  # 404: she is not subscribed, has no address


def test_a_browser_with_the_xsrf_token_may_write(jupyter, mesh):
    with jupyter.signed_in() as browser:
        token = browser.cookies.get("_xsrf")
        assert token
        answer = browser.post(f"{API}/schedules/preview", json={"cron": "0 6 * * *"}, headers={"X-XSRFToken": token})
        assert answer.status_code == 200, answer.text


def test_the_identity_is_the_one_that_jupyter_vouches_for(jupyter):
    with jupyter.client("token-of-rita", headers={"x-test-identity": "ana"}) as rita:
        assert rita.get(f"{API}/status").json()["identity"] == "rita"
