"""Requests of browser pages from other origins."""

import pytest
from tiny import create_app

SHOP = "https://shop.example"
OTHERS = ("https://evil.example", "https://shop.example.evil.example", "null", "")


def allowed(answer):
    return answer.headers.get("Access-Control-Allow-Origin")


@pytest.fixture
def shop(make_app):
    origins = f"{SHOP}, http://localhost:3000"
    return make_app(create_app, CORS_ORIGINS=origins).test_client()


def test_no_origin_is_allowed_without_the_setting(client):
    for method in ("GET", "OPTIONS"):
        answer = client.open("/things/", method=method, headers={"Origin": SHOP})
        assert not [name for name, _ in answer.headers if "Access-Control" in name]


@pytest.mark.parametrize("origin", [SHOP, "http://localhost:3000"])
def test_a_listed_origin_may_use_the_api(shop, origin):
    answer = shop.get("/things/", headers={"Origin": origin})

    assert allowed(answer) == origin
    assert "Origin" in answer.vary
    assert "X-Correlation-ID" in answer.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_a_listed_origin_sees_problems_too(shop):
    answer = shop.post("/things/", json={}, headers={"Origin": SHOP})

    assert (answer.status_code, allowed(answer)) == (401, SHOP)


def test_a_preflight_names_what_the_api_accepts(shop):
    asked = {"Access-Control-Request-Method": "POST"}
    answer = shop.options("/things/", headers={"Origin": SHOP, **asked})

    assert (answer.status_code, allowed(answer)) == (204, SHOP)
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "Idempotency-Key" in answer.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("origin", OTHERS)
def test_no_other_origin_is_allowed(shop, origin):
    for method in ("GET", "OPTIONS"):
        answer = shop.open("/things/", method=method, headers={"Origin": origin})
        assert allowed(answer) is None
        assert "Origin" in answer.vary


@pytest.mark.parametrize("path", ["/admin/login/", "/swagger/token/", "/metrics/"])
def test_no_origin_may_use_what_is_not_the_api(shop, path):
    assert allowed(shop.get(path, headers={"Origin": SHOP})) is None
