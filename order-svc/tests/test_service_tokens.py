"""A service's own tokens: fetched at first need, kept, fetched again when refused."""

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
def asked():
    """Return the forms that user-svc was sent."""
    return []


@pytest.fixture
def user_svc(asked):
    app = Flask("fake_user_svc")

    @app.post("/user/token/")
    def token():
        asked.append(request.form.to_dict())
        if request.headers.get("Authorization") != GOOD:
            return jsonify(error="invalid_client"), 401
        return jsonify(access_token=f"token-{len(asked)}", expires_in=600)

    with serve(app) as address:
        client = Client("user-svc", address)
        yield client
        client.pool.clear()


@pytest.fixture
def mine(user_svc):
    return ServiceTokens(user_svc, "order-svc", "right")


def test_a_token_is_fetched_at_first_need_and_kept(mine, asked):
    assert asked == []
    for _ in range(3):
        found = mine.header("product-svc", "stock:reserve")
        assert found == {"Authorization": "Bearer token-1"}

    assert asked == [
        {
            "grant_type": "client_credentials",
            "audience": "product-svc",
            "scope": "stock:reserve",
        }
    ]


def test_each_audience_and_scope_has_a_token_of_its_own(mine, asked):
    for audience, scope in (("a", "x:y"), ("a", "x:z"), ("b", "x:y"), ("a", "x:y")):
        mine.header(audience, scope)

    assert len(asked) == 3


def test_a_token_that_was_refused_is_fetched_again(mine, asked):
    mine.header("product-svc", "stock:reserve")
    mine.forget()

    found = mine.header("product-svc", "stock:reserve")
    assert found == {"Authorization": "Bearer token-2"}


def test_a_token_is_fetched_again_before_it_expires(mine, asked, monkeypatch):
    passed = [1000.0]
    monkeypatch.setattr(
        service_tokens, "time", SimpleNamespace(monotonic=lambda: passed[0])
    )
    mine.header("a", "x:y")
    passed[0] += 539
    mine.header("a", "x:y")
    assert len(asked) == 1
    passed[0] += 1
    mine.header("a", "x:y")

    assert len(asked) == 2


def test_a_refusal_by_user_svc_is_our_outage(user_svc, asked):
    mine = ServiceTokens(user_svc, "order-svc", "wrong")
    for _ in range(2):
        with pytest.raises(Unavailable) as refused:
            mine.header("product-svc", "stock:reserve")

    assert refused.value.status == 503
    assert "wrong" not in refused.value.detail
    assert len(asked) == 2


def test_no_token_is_to_be_had_while_user_svc_is_away():
    client = Client("user-svc", "http://127.0.0.1:9")
    with pytest.raises(Unavailable):
        ServiceTokens(client, "order-svc", "right").header("a", "x:y")
    client.pool.clear()
