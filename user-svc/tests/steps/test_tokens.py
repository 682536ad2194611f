"""The claims of access tokens, and the pair of a session."""

from datetime import timedelta
from typing import Any

import jwt
from flask import Flask

from chassis import clock
from user_svc.managers import Grant
from user_svc.steps import tokens


def claims_of(token: str) -> Any:
    return jwt.decode(token, options={"verify_signature": False})


def test_an_access_token_names_the_user_and_the_audience(shop: Any, asha: Any) -> None:
    token = asha.pair["access_token"]
    keys = shop.call("GET", "/.well-known/jwks.json").json

    header = jwt.get_unverified_header(token)
    claims = jwt.decode(
        token,
        jwt.PyJWK(keys["keys"][0]).key,
        algorithms=["RS256"],
        audience="shop",
        issuer="shop",
    )

    assert (header["alg"], header["typ"]) == ("RS256", "at+jwt")
    assert header["kid"] == keys["keys"][0]["kid"]
    assert (claims["sub"], claims["role"]) == (str(asha.id), "customer")
    assert claims["exp"] - claims["iat"] == 600
    assert (
        claims["jti"]
        != jwt.decode(
            shop.sign_in(asha.email).json["access_token"],
            options={"verify_signature": False},
        )["jti"]
    )


def test_a_pair_names_the_session_and_its_remaining_lifetime(
    app: Flask, hold_clock: Any
) -> None:
    ends = clock.now() + timedelta(seconds=90)
    grant = Grant(17, "staff", 5, "a-refresh-token", ends)
    hold_clock(0)

    with app.app_context():
        pair = tokens.pair(grant)

    assert (pair["refresh_token"], pair["token_type"]) == ("a-refresh-token", "Bearer")
    assert 88 <= pair["refresh_expires_in"] <= 90
    claims = claims_of(pair["access_token"])
    assert (claims["sub"], claims["sid"]) == ("17", "5")
    assert (claims["role"], claims["aud"]) == ("staff", "shop")
    assert claims["scope"] == "customer staff"


def test_the_lifetime_and_the_issuer_are_settings(make_users: Any) -> None:
    app = make_users(ACCESS_TOKEN_SECONDS="60", JWT_ISSUER="another-shop")

    with app.app_context():
        answer = tokens.access_token({"sub": "order-svc", "aud": "user-svc"})

    claims = claims_of(answer["access_token"])
    assert answer["expires_in"] == claims["exp"] - claims["iat"] == 60
    assert claims["iss"] == "another-shop"
    assert (claims["sub"], claims["aud"]) == ("order-svc", "user-svc")
