"""Limits: who is counted where, what an answer tells, and which views are stricter."""

import pytest
from tiny import Things, create_app

from chassis.web import limits

LIMITS = {
    "RATE_LIMIT_FACTOR": "1",
    "RATE_LIMIT_ADDRESS": "4 per minute",
    "RATE_LIMIT_CALLER": "2 per minute",
    "RATE_LIMIT_SERVICE": "6 per minute",
    "RATE_LIMIT_SIGN_IN": "1 per minute; 2 per hour",
}
HOUR = 1_700_000_000 // 3600 * 3600
BODY = {"name": "a", "price": "1"}


@pytest.fixture(autouse=True)
def move(monkeypatch):
    """Stop the time at 20 s of an hour; return a function that moves it."""
    now = [HOUR + 20.0]
    monkeypatch.setattr(limits, "now", lambda: now[0])
    return lambda seconds: now.__setitem__(0, now[0] + seconds)


@pytest.fixture
def make(reuse_app):
    return lambda **more: reuse_app(create_app, **LIMITS, **more).test_client()


@pytest.fixture
def client(make, tokens):
    found = make()
    found.application.extensions["keys"].get(tokens.KID)  # fetched already
    return found


@pytest.fixture
def strict(monkeypatch):
    """Let POST /things/ have the limit of a sign-in."""
    mark = (limits.SIGN_IN, None)
    monkeypatch.setattr(Things.post, "_limited", mark, raising=False)


def statuses(client, number, path="/things/", address="10.0.0.1", **options):
    environ = {"REMOTE_ADDR": address}
    answers = [
        client.get(path, environ_overrides=environ, **options) for _ in range(number)
    ]
    return [answer.status_code for answer in answers]


def test_an_address_is_limited_and_no_other(client):
    assert statuses(client, 5) == [200] * 4 + [429]
    assert statuses(client, 1, address="10.0.0.2") == [200]


def test_an_answer_tells_the_nearest_limit(client, move):
    first = client.get("/things/").headers
    move(30)
    second = client.get("/things/").headers

    names = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
    assert [first[name] for name in names] == ["4", "3", "40"]
    assert [second[name] for name in names] == ["4", "2", "10"]


def test_beyond_the_limit_there_is_a_problem_until_the_window_ends(client, move):
    statuses(client, 4, address="127.0.0.1")
    refused = client.get("/things/")

    assert refused.mimetype == "application/problem+json"
    assert refused.json["code"] == "rate_limited"
    assert refused.json["detail"] == "Too many requests; try again in 40 seconds."
    assert refused.headers["Retry-After"] == "40"
    assert refused.headers["RateLimit-Remaining"] == "0"
    move(40)
    assert client.get("/things/").status_code == 200


def test_a_caller_is_limited_wherever_the_requests_come_from(client, tokens):
    first, second = tokens.user(1), tokens.user(2)

    assert statuses(client, 1, headers=first) == [200]
    assert statuses(client, 2, headers=first, address="10.0.0.2") == [200, 429]
    assert statuses(client, 1, headers=second) == [200]


def test_many_callers_of_one_address_share_its_limit(client, tokens):
    found = [statuses(client, 1, headers=tokens.user(n)) for n in range(1, 6)]

    assert found == [[200]] * 4 + [[429]]


@pytest.mark.parametrize("token", ["", "x", "a.b.c"])
def test_a_token_that_is_not_valid_counts_for_the_address(client, token):
    headers = {"Authorization": f"Bearer {token}"}

    assert statuses(client, 5, headers=headers) == [200] * 4 + [429]


def test_a_random_kid_starts_no_fetch_of_the_keys(client, tokens, monkeypatch):
    fetched = []
    keys = client.application.extensions["keys"]
    monkeypatch.setattr(keys, "_fetch", lambda: fetched.append(1))
    claims = {"sub": "1", "aud": "shop", "role": "customer"}
    headers = {"Authorization": f"Bearer {tokens.sign(claims, kid='random')}"}

    assert statuses(client, 5, headers=headers) == [200] * 4 + [429]
    assert fetched == []


def test_a_service_has_a_limit_of_its_own_and_none_of_its_address(client, tokens):
    headers = tokens.service("order-svc", "tiny-svc", "things:write")

    assert statuses(client, 7, headers=headers) == [200] * 6 + [429]
    assert statuses(client, 1) == [200]


@pytest.mark.parametrize("path", ["/healthz/", "/readyz/", "/metrics/"])
def test_probes_and_metrics_are_not_limited(client, path):
    assert set(statuses(client, 9, path)) == {200}


def test_files_of_pages_are_not_limited(client):
    for _ in range(6):
        answer = client.get("/docs-assets/panel/panel.css")
        answer.close()
        assert answer.status_code == 200


def post(client, headers=None, json=BODY, address="10.0.0.1"):
    environ = {"REMOTE_ADDR": address}
    answer = client.post(
        "/things/", json=json, headers=headers, environ_overrides=environ
    )
    return answer.status_code


def test_a_view_has_a_stricter_limit(client, strict, tokens, move):
    assert [post(client, tokens.user(n)) for n in (1, 2)] == [201, 429]
    assert statuses(client, 1) == [200]
    move(60)
    assert post(client, tokens.user(3)) == 201


def test_a_view_may_have_several_windows(client, strict, tokens, move):
    found = []
    for number in range(1, 4):
        found.append(post(client, tokens.user(number)))
        move(60)
    assert found == [201, 201, 429]
    move(3600)
    assert post(client, tokens.user(9)) == 201


def test_the_limit_is_checked_before_the_token_and_the_body(client, strict):
    assert [post(client, json={}), post(client, json={})] == [401, 429]


def test_a_view_can_name_requests_that_do_not_count(
    client, tokens, monkeypatch, strict
):
    mark = (limits.SIGN_IN, lambda: True)
    monkeypatch.setattr(Things.post, "_limited", mark)

    assert [post(client, tokens.user(n)) for n in (1, 2)] == [201, 201]


def test_the_factor_raises_every_limit(reuse_app):
    app = reuse_app(create_app, **LIMITS | {"RATE_LIMIT_FACTOR": "2"})

    assert statuses(app.test_client(), 9) == [200] * 8 + [429]


def test_every_operation_documents_the_refusal(client):
    paths = client.get("/swagger.json").json["paths"]
    for operations in paths.values():
        for method in operations.keys() & {"get", "post", "patch"}:
            refusal = operations[method]["responses"]["429"]
            assert refusal["headers"].keys() == {
                "Retry-After",
                "RateLimit-Limit",
                "RateLimit-Remaining",
                "RateLimit-Reset",
            }
