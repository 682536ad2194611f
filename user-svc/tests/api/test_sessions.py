"""Sign in, refresh, sign out."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from user_svc import passwords
from user_svc.extensions import db
from user_svc.keyring import hash_token
from user_svc.models import RefreshToken


def test_a_sign_in_returns_two_tokens(shop: Any, asha: Any) -> None:
    answer = shop.sign_in("ASHA@Shop.example ")

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    pair = answer.json
    names = {"access_token", "token_type", "expires_in"}
    assert set(pair) == names | {"refresh_token", "refresh_expires_in"}
    assert (pair["token_type"], pair["expires_in"]) == ("Bearer", 600)
    assert 30 * 86400 - 60 < pair["refresh_expires_in"] <= 30 * 86400


def test_a_wrong_password_and_an_unknown_address_get_the_same_response(
    shop: Any, asha: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed = []
    verify = passwords._hasher.verify

    class Watched:
        def verify(self, known: str, given: str) -> bool:
            hashed.append(known[:30])
            return verify(known, given)

    monkeypatch.setattr(passwords, "_hasher", Watched())
    wrong = shop.sign_in(asha.email, "not-the-password")
    unknown = shop.sign_in("nobody@shop.example", "not-the-password")

    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert wrong.json["code"] == "invalid_credentials"
    assert {**wrong.json, "correlation_id": ""} == {
        **unknown.json,
        "correlation_id": "",
    }
    # The same work: one hash each, with the same parameters.
    assert len(hashed) == 2
    assert hashed[0] == hashed[1]


@pytest.mark.parametrize("email", ["nobody", "a\u00df@b", "' OR 1=1 --", "@", "a@b@c"])
def test_an_invalid_address_is_an_unknown_one(shop: Any, email: str) -> None:
    assert shop.sign_in(email).json["code"] == "invalid_credentials"


def test_only_hashes_of_refresh_tokens_are_stored(
    app: Flask, asha: Any, shop: Any, caplog: pytest.LogCaptureFixture
) -> None:
    successor = shop.refresh(asha.refresh_token).json["refresh_token"]

    with app.app_context():
        kept = set(db.session.scalars(select(RefreshToken.token_hash)))

    assert kept == {hash_token(asha.refresh_token), hash_token(successor)}
    out = caplog.text
    assert asha.refresh_token not in out
    assert asha.pair["access_token"] not in out


def test_a_refresh_token_is_valid_once(shop: Any, asha: Any) -> None:
    first = shop.refresh(asha.refresh_token)
    second = shop.refresh(first.json["refresh_token"])

    assert (first.status_code, second.status_code) == (200, 200)
    tokens = {asha.refresh_token, first.json["refresh_token"]}
    assert second.json["refresh_token"] not in tokens
    assert first.json["access_token"] != asha.pair["access_token"]


def test_a_retry_within_30_seconds_gets_the_same_successor(
    shop: Any, asha: Any, pass_seconds: Callable[[int], None]
) -> None:
    first = shop.refresh(asha.refresh_token)
    pass_seconds(25)
    again = shop.refresh(asha.refresh_token)

    assert again.json["refresh_token"] == first.json["refresh_token"]
    assert shop.refresh(first.json["refresh_token"]).status_code == 200


def test_a_token_used_again_later_revokes_its_family(
    shop: Any, asha: Any, pass_seconds: Callable[[int], None]
) -> None:
    other = shop.sign_in(asha.email).json
    successor = shop.refresh(asha.refresh_token).json
    pass_seconds(31)

    stolen = shop.refresh(asha.refresh_token)

    assert (stolen.status_code, stolen.json["code"]) == (401, "refresh_token_reused")
    assert stolen.headers["WWW-Authenticate"].startswith("Bearer")
    assert shop.refresh(successor["refresh_token"]).status_code == 401
    assert shop.me(asha).status_code == 401
    assert shop.refresh(other["refresh_token"]).status_code == 200


def test_a_successor_cannot_be_had_without_the_server_s_key(
    shop: Any, asha: Any
) -> None:
    successor = shop.refresh(asha.refresh_token).json["refresh_token"]

    assert successor != hash_token(asha.refresh_token)
    assert len(successor) == 43


def test_a_session_ends_after_its_lifetime(
    shop: Any, asha: Any, pass_seconds: Callable[[int], None]
) -> None:
    pass_seconds(29 * 86400)
    later = shop.refresh(asha.refresh_token)
    assert later.json["refresh_expires_in"] <= 86400

    pass_seconds(30 * 86400 + 1)

    assert shop.refresh(later.json["refresh_token"]).status_code == 401


@pytest.mark.parametrize("token", ["x", "x" * 43, "é", "' OR 1=1"])
def test_an_invalid_refresh_token_is_refused(shop: Any, token: str) -> None:
    answer = shop.refresh(token)

    assert (answer.status_code, answer.json["code"]) == (401, "unauthorized")


def logout(shop: Any, person: Any, token: str) -> Any:
    body = {"refresh_token": token}
    return shop.call("POST", "/user/logout/", person.headers, json=body)


def test_a_logout_ends_the_session_and_no_other(shop: Any, asha: Any) -> None:
    other = shop.sign_in(asha.email).json
    successor = shop.refresh(asha.refresh_token).json["refresh_token"]

    assert logout(shop, asha, asha.refresh_token).status_code == 204

    assert shop.refresh(successor).status_code == 401
    assert shop.me(asha).status_code == 401
    assert shop.refresh(other["refresh_token"]).status_code == 200


def test_nobody_ends_the_session_of_another(shop: Any, asha: Any) -> None:
    other = shop.person()

    assert logout(shop, other, asha.refresh_token).status_code == 204

    assert shop.refresh(asha.refresh_token).status_code == 200


def test_a_refresh_returns_the_current_role(shop: Any, asha: Any, admin: Any) -> None:
    path = f"/user/{asha.id}/"
    shop.call("PATCH", path, admin.headers, json={"role": "staff"})

    pair = shop.refresh(asha.refresh_token).json

    headers = {"Authorization": f"Bearer {pair['access_token']}"}
    assert shop.call("GET", "/user/", headers).status_code == 200
