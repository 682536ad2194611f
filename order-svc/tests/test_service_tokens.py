"""Service tokens: fetched when needed, cached, fetched again when refused."""

import base64
from types import SimpleNamespace

import pytest
from flask import Flask, jsonify, request

from chassis.errors import Unavailable
from chassis.http import Client
from devtools.testkit.plugin import serve
from order_svc import service_tokens
from order_svc.service_tokens import ServiceTokens

GOOD = "Basic " + base64.b64encode(b"order-svc:right").decode()


@pytest.fixture
def requests():
    """Return the forms that user-svc was sent."""
    return []


@pytest.fixture
def user_svc(requests):
    app = Flask("fake_user_svc")

    @app.post("/user/token/")
    def token():
        requests.append(request.form.to_dict())
        if request.headers.get("Authorization") != GOOD:
            return jsonify(error="invalid_client"), 401
        return jsonify(access_token=f"token-{len(requests)}", expires_in=600)

    with serve(app) as address:
        client = Client("user-svc", address)
        yield client
        client.pool.clear()


@pytest.fixture
def tokens(user_svc):
    return ServiceTokens(user_svc, "order-svc", "right")


def test_a_token_is_fetched_when_needed_and_cached(tokens, requests):
    assert requests == []
    for _ in range(3):
        found = tokens.header("product-svc", "stock:reserve")
        assert found == {"Authorization": "Bearer token-1"}

    assert requests == [
        {
            "grant_type": "client_credentials",
            "audience": "product-svc",
            "scope": "stock:reserve",
        }
    ]


def test_each_audience_and_scope_has_its_own_token(tokens, requests):
    for audience, scope in (("a", "x:y"), ("a", "x:z"), ("b", "x:y"), ("a", "x:y")):
        tokens.header(audience, scope)

    assert len(requests) == 3


def test_a_token_that_was_refused_is_fetched_again(tokens, requests):
    tokens.header("product-svc", "stock:reserve")
    tokens.forget()

    found = tokens.header("product-svc", "stock:reserve")
    assert found == {"Authorization": "Bearer token-2"}


def test_a_token_is_fetched_again_before_it_expires(tokens, requests, monkeypatch):
    passed = [1000.0]
    monkeypatch.setattr(
        service_tokens, "time", SimpleNamespace(monotonic=lambda: passed[0])
    )
    tokens.header("a", "x:y")
    passed[0] += 539
    tokens.header("a", "x:y")
    assert len(requests) == 1
    passed[0] += 1
    tokens.header("a", "x:y")

    assert len(requests) == 2


def test_without_a_token_the_service_is_unavailable(user_svc, requests):
    tokens = ServiceTokens(user_svc, "order-svc", "wrong")
    for _ in range(2):
        with pytest.raises(Unavailable) as refused:
            tokens.header("product-svc", "stock:reserve")

    assert refused.value.status == 503
    assert "wrong" not in refused.value.detail
    assert len(requests) == 2


def test_there_is_no_token_while_user_svc_does_not_answer():
    client = Client("user-svc", "http://127.0.0.1:9")
    with pytest.raises(Unavailable):
        ServiceTokens(client, "order-svc", "right").header("a", "x:y")
    client.pool.clear()
