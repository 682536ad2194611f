"""Forged, altered and foreign tokens are refused."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from flask import Flask

from chassis.errors import Unauthorized
from chassis.web import auth
from user_svc import steps

CLAIMS = {"iss": "shop", "aud": "shop", "sub": "1", "role": "admin", "jti": "x"}


def encode(part: Any) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def kid(shop: Any) -> str:
    keys = shop.call("GET", "/.well-known/jwks.json").json["keys"]
    return str(keys[0]["kid"])


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    every = {**CLAIMS, "iat": now, "exp": now + 600, **changes}
    return {name: value for name, value in every.items() if value is not None}


def refused(shop: Any, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    answer = shop.call("GET", "/user/me/", headers)
    assert answer.status_code == 401, answer.text
    assert answer.json["code"] == "unauthorized"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("alg", ["none", "nOnE", "None", "NONE"])
@pytest.mark.parametrize("signature", ["", "AAAA"])
def test_a_token_without_signature_is_refused(
    shop: Any, admin: Any, alg: str, signature: str
) -> None:
    header = {"alg": alg, "typ": "at+jwt", "kid": kid(shop)}

    refused(shop, f"{encode(header)}.{encode(claims())}.{signature}")


def test_a_token_with_a_truncated_signature_is_refused(shop: Any, asha: Any) -> None:
    header, body, _ = asha.pair["access_token"].split(".")

    refused(shop, f"{header}.{body}.")


@pytest.mark.parametrize("which", ["pem", "jwk", "url"])
def test_a_token_signed_with_public_data_is_refused(
    shop: Any, admin: Any, which: str
) -> None:
    jwks = shop.call("GET", "/.well-known/jwks.json").json
    public: Any = jwt.PyJWK(jwks["keys"][0]).key
    secret = {
        "pem": public.public_bytes(
            serialization.Encoding.PEM,
            serialization.PublicFormat.SubjectPublicKeyInfo,
        ),
        "jwk": json.dumps(jwks["keys"][0]).encode(),
        "url": b"http://127.0.0.1/.well-known/jwks.json",
    }[which]
    header = {"alg": "HS256", "typ": "at+jwt", "kid": kid(shop)}
    text = f"{encode(header)}.{encode(claims())}"
    mac = hmac.new(secret, text.encode(), hashlib.sha256).digest()

    refused(shop, f"{text}.{encode(mac)}")


@pytest.mark.parametrize(
    "wrong",
    ["../../etc/passwd", "' OR 1=1 --", "x" * 5_000, {"a": 1}, 5, None, ""],
    ids=["path", "sql", "long", "object", "number", "null", "empty"],
)
def test_a_token_of_an_odd_key_is_refused(
    shop: Any, admin: Any, private_key: Any, wrong: Any
) -> None:
    header = {"alg": "RS256", "typ": "at+jwt", "kid": wrong}
    text = f"{encode(header)}.{encode(claims(sub=str(admin.id)))}"
    signer = jwt.get_algorithm_by_name("RS256")

    refused(shop, f"{text}.{encode(signer.sign(text.encode(), private_key))}")


def wrong_claims(now: int) -> dict[str, dict[str, Any]]:
    """Return the changes that make a valid token invalid."""
    return {
        "expired": {"exp": now - 60, "iat": now - 700},
        "not yet": {"nbf": now + 600},
        "no exp": {"exp": None},
        "no aud": {"aud": None},
        "no sub": {"sub": None},
        "no jti": {"jti": None},
        "another aud": {"aud": "payment-svc"},
        "two aud": {"aud": ["shop", "payment-svc"]},
        "another iss": {"iss": "evil"},
        "a sub that is no id": {"sub": "admin"},
        "no role": {"role": None},
        "another session": {"sid": "77"},
    }


@pytest.mark.parametrize("name", wrong_claims(now=0))
def test_a_well_signed_token_with_a_wrong_claim_is_refused(
    shop: Any, admin: Any, private_key: Any, name: str
) -> None:
    good = claims(sub=str(admin.id))
    headers = {"typ": "at+jwt", "kid": kid(shop)}
    wrong = {**good, **wrong_claims(int(time.time()))[name]}
    wrong = {key: value for key, value in wrong.items() if value is not None}

    token = jwt.encode(wrong, private_key, "RS256", headers)

    refused(shop, token)


@pytest.mark.parametrize("typ", ["JWT", "rt+jwt", "reset", None])
def test_a_token_of_another_type_is_refused(
    shop: Any, admin: Any, private_key: Any, typ: str | None
) -> None:
    headers = {"typ": typ, "kid": kid(shop)}

    refused(shop, jwt.encode(claims(), private_key, "RS256", headers))


def test_an_edited_role_is_refused(shop: Any, asha: Any) -> None:
    header, body, signature = asha.pair["access_token"].split(".")
    known = jwt.decode(asha.pair["access_token"], options={"verify_signature": False})

    refused(shop, f"{header}.{encode({**known, 'role': 'admin'})}.{signature}")
    assert body


def test_a_refresh_token_is_no_access_token(shop: Any, asha: Any) -> None:
    refused(shop, asha.refresh_token)


def test_an_access_token_is_no_refresh_token(shop: Any, asha: Any) -> None:
    body = {"refresh_token": asha.pair["access_token"][:200]}

    answer = shop.call("POST", "/user/token/refresh/", json=body)

    assert answer.status_code == 401


def test_a_token_for_another_service_is_refused(shop: Any, asha: Any) -> None:
    headers = shop.service_token("product-svc", "users:read")

    assert shop.call("GET", f"/user/{asha.id}/", headers).status_code == 401


def test_a_token_in_the_address_is_ignored(shop: Any, asha: Any) -> None:
    token = asha.pair["access_token"]

    assert shop.call("GET", f"/user/me/?access_token={token}").status_code == 401


@pytest.mark.parametrize(
    "line", ["Bearer", "Bearer  {}", "Bearer {} ", "Basic {}", "Bearer {} {}", "{}"]
)
def test_an_authorization_that_is_not_one_bearer_token_is_refused(
    shop: Any, asha: Any, line: str
) -> None:
    token = asha.pair["access_token"]
    headers = {"Authorization": line.format(token, token)}

    assert shop.call("GET", "/user/me/", headers).status_code == 401


def test_two_authorization_headers_are_refused(shop: Any, asha: Any) -> None:
    line = ("Authorization", f"Bearer {asha.pair['access_token']}")

    assert shop.call("GET", "/user/me/", [line, line]).status_code == 401


def test_a_thousand_unknown_keys_cause_one_fetch_of_the_keys(app: Flask) -> None:
    looks: list[int] = []

    def fetch() -> Any:
        looks.append(1)
        with app.app_context():  # it runs in a thread of its own
            return steps.list_public_keys()

    keys = auth.Keys(fetch)
    with app.app_context():
        for number in range(1000):
            header = {"alg": "RS256", "typ": "at+jwt", "kid": f"k{number}"}
            token = f"{encode(header)}.{encode(claims())}.AAAA"
            with pytest.raises(Unauthorized):
                auth.verify(token, "user-svc", keys.get, "shop")

    assert len(looks) == 1
