"""The OAuth 2.0 token endpoint."""

import base64
from typing import Any

import jwt
import pytest

from devtools.testkit.plugin import SECRET

PASSWORD = "a-long-walk-in-the-rain"
ORDER = {"client_id": "order-svc", "client_secret": f"order-svc-{SECRET}"}
GOOD = {
    "grant_type": "client_credentials",
    "audience": "user-svc",
    "scope": "users:read",
}


def basic(client_id: str, secret: str) -> dict[str, str]:
    text = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    return {"Authorization": f"Basic {text}"}


RIGHT = basic(client_id="order-svc", secret=f"order-svc-{SECRET}")


def refused(answer: Any, error: str, status: int = 400) -> None:
    assert (answer.status_code, answer.json["error"]) == (status, error)
    assert set(answer.json) == {"error", "error_description"}
    assert answer.mimetype == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"


def test_swagger_signs_in_by_password(shop: Any, asha: Any) -> None:
    answer = shop.token(
        basic("", ""),
        grant_type="password",
        username=asha.email,
        password=PASSWORD,
        scope="",
        something="else",
    )

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    headers = {"Authorization": f"Bearer {answer.json['access_token']}"}
    assert shop.call("GET", "/user/me/", headers).json["id"] == asha.id
    assert shop.refresh(answer.json["refresh_token"]).status_code == 200


@pytest.mark.parametrize(
    ("username", "password"),
    [("asha@shop.example", "wrong"), ("nobody@shop.example", PASSWORD), ("a\0", "x")],
)
def test_a_wrong_password_is_an_invalid_grant(
    shop: Any, asha: Any, username: str, password: str
) -> None:
    form = {"username": username, "password": password}

    refused(shop.token(grant_type="password", **form), "invalid_grant")


def test_a_refresh_token_is_spent_here_too(shop: Any, asha: Any) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": asha.refresh_token}

    first, again = shop.token(**form), shop.token(**form)

    assert first.json["refresh_token"] == again.json["refresh_token"]
    refused(shop.token(**{**form, "refresh_token": "x"}), "invalid_grant")


@pytest.mark.parametrize("way", ["basic", "form"])
def test_a_service_gets_a_token_for_another(shop: Any, way: str) -> None:
    headers = RIGHT if way == "basic" else None

    answer = shop.token(headers, **GOOD, **({} if way == "basic" else ORDER))

    assert answer.status_code == 200
    assert answer.json["scope"] == "users:read"
    assert "refresh_token" not in answer.json
    claims = jwt.decode(
        answer.json["access_token"], options={"verify_signature": False}
    )
    assert (claims["sub"], claims["client_id"]) == ("order-svc", "order-svc")
    assert (claims["aud"], claims["scope"]) == ("user-svc", "users:read")
    assert "role" not in claims


def test_a_service_reads_a_user_with_its_token(shop: Any, asha: Any) -> None:
    token = shop.token(RIGHT, **GOOD).json["access_token"]

    headers = {"Authorization": f"Bearer {token}"}
    assert shop.call("GET", f"/user/{asha.id}/", headers).json["email"] == asha.email


@pytest.mark.parametrize(
    ("client_id", "secret"),
    [
        ("order-svc", "wrong"),
        ("order-svc", ""),
        ("order-svc", f"payment-svc-{SECRET}"),
        ("nobody", f"order-svc-{SECRET}"),
        ("", ""),
        ("a\0", "x"),
        ("é", "é"),
    ],
)
@pytest.mark.parametrize("way", ["basic", "form"])
def test_unknown_credentials_are_an_invalid_client(
    shop: Any, client_id: str, secret: str, way: str
) -> None:
    form = {"client_id": client_id, "client_secret": secret}

    if way == "basic":
        answer = shop.token(basic(client_id, secret), **GOOD)
    else:
        answer = shop.token(**GOOD, **form)

    refused(answer, "invalid_client", 401)
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"audience": "payment-svc"}, "invalid_target"),
        ({"audience": "shop"}, "invalid_target"),
        ({"audience": ""}, "invalid_request"),
        ({"scope": "users:write"}, "invalid_scope"),
        ({"scope": "users:read payments:write"}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
        ({"grant_type": ""}, "invalid_request"),
        ({"grant_type": "implicit"}, "unsupported_grant_type"),
        ({"grant_type": "password"}, "invalid_request"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"client_secret": "x"}, "invalid_request"),
    ],
)
def test_an_invalid_request_is_named(shop: Any, change: Any, error: str) -> None:
    refused(shop.token(RIGHT, **{**GOOD, **change}), error)


def test_a_parameter_given_twice_is_refused(shop: Any) -> None:
    data = {**GOOD, "scope": ["users:read", "stock:reserve"]}

    refused(shop.call("POST", "/user/token/", RIGHT, data=data), "invalid_request")


def test_two_scopes_are_one_token(shop: Any) -> None:
    answer = shop.token(RIGHT, **{**GOOD, "scope": "users:read  stock:reserve"})

    assert answer.json["scope"] == "stock:reserve users:read"


@pytest.mark.parametrize(
    "kind", ["application/json", "text/plain", "multipart/form-data; boundary=x", None]
)
def test_a_body_that_is_not_a_form_is_refused(shop: Any, kind: Any) -> None:
    data = b"grant_type=client_credentials"

    answer = shop.call("POST", "/user/token/", data=data, content_type=kind)

    assert answer.status_code == 415
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize(
    "line", ["Basic", "Basic !!!", "Basic b3JkZXItc3Zj", "Digest x", "Bearer x"]
)
def test_an_odd_authorization_is_an_invalid_client(shop: Any, line: str) -> None:
    refused(shop.token({"Authorization": line}, **GOOD), "invalid_client", 401)


def test_two_authorizations_are_an_invalid_client(shop: Any) -> None:
    lines = [*RIGHT.items(), *RIGHT.items()]

    refused(shop.token(lines, **GOOD), "invalid_client", 401)


@pytest.mark.parametrize(
    "encoded", [{"Content-Encoding": "gzip"}, {"charset": "utf-16"}]
)
def test_the_headers_of_the_form_are_honoured_or_refused(
    shop: Any, encoded: dict[str, str]
) -> None:
    media_type = "application/x-www-form-urlencoded"
    if "charset" in encoded:
        encoded, media_type = {}, f"{media_type}; charset=utf-16"
    answer = shop.call(
        "POST", "/user/token/", encoded, data=b"a=b", content_type=media_type
    )

    assert (answer.status_code, answer.json["code"]) == (415, "unsupported_media_type")


def test_a_form_of_too_many_fields_is_refused_before_it_is_read(shop: Any) -> None:
    answer = shop.call(
        "POST",
        "/user/token/",
        data=b"a&" * 200_000,
        content_type="application/x-www-form-urlencoded",
    )

    assert answer.status_code == 413
