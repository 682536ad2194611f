"""Creation and rotation of signing keys; valid tokens stay valid."""

from collections.abc import Callable
from typing import Any

import jwt
import pytest
from flask import Flask
from sqlalchemy import select

from user_svc import create_app, steps
from user_svc.extensions import db
from user_svc.models import SigningKey
from user_svc.steps.signing_keys import Signer

DAYS = 86400


def kids(shop: Any) -> list[str]:
    keys = shop.call("GET", "/.well-known/jwks.json").json["keys"]
    return [key["kid"] for key in keys]


def kid_of(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])


def rotate(app: Flask) -> int:
    with app.app_context():
        return steps.rotate_keys()


def test_the_first_request_creates_the_first_key(make_app: Any) -> None:
    app = make_app(create_app, SIGNING_KEY_SECRET="s" * 40)

    first = app.test_client().get("/.well-known/jwks.json").json["keys"]

    assert len(first) == 1
    assert app.test_client().get("/.well-known/jwks.json").json["keys"] == first


def test_private_keys_are_encrypted_at_rest(app: Flask, private_key: Any) -> None:
    with app.app_context():
        row = db.session.scalars(select(SigningKey)).one()
        opened = steps.keyring().decrypt(row.private_key)

    assert "PRIVATE" not in row.private_key
    assert opened.private_numbers() == private_key.private_numbers()


def test_a_new_key_is_not_replaced(app: Flask) -> None:
    assert rotate(app) == 0


def test_a_key_is_published_before_it_signs_and_kept_while_its_tokens_live(
    app: Flask, shop: Any, asha: Any, pass_seconds: Callable[[int], None]
) -> None:
    old = kid_of(asha.pair["access_token"])
    pass_seconds(30 * DAYS)

    assert rotate(app) == 1
    assert rotate(app) == 0

    # Published now, signing after the lead of ten minutes, of which all can know.
    new, also_old = kids(shop)
    assert (also_old, new != old) == (old, True)
    assert kid_of(shop.sign_in(asha.email).json["access_token"]) == old
    pass_seconds(30 * DAYS + 601)
    app.extensions["signer"] = Signer()  # as ten seconds later
    pair = shop.sign_in(asha.email).json
    assert kid_of(pair["access_token"]) == new
    assert rotate(app) == 0
    assert shop.me(asha).status_code == 200
    # The last token of the old key was over a while ago.
    pass_seconds(30 * DAYS + 601 + 700)
    assert rotate(app) == 1
    assert kids(shop) == [new]


def test_another_secret_signs_nothing_and_logs_the_reason(
    app: Flask, shop: Any, asha: Any, caplog: pytest.LogCaptureFixture
) -> None:
    from user_svc.keyring import Keyring

    app.extensions["keyring"] = Keyring("another" * 8)
    app.extensions["signer"] = Signer()

    answer = shop.sign_in(asha.email)

    assert answer.status_code == 503
    assert "SIGNING_KEY_SECRET" in caplog.text
    assert "SIGNING_KEY_SECRET" not in answer.text


def test_many_processes_make_one_first_key(
    make_app: Any, together: Any, count: Any
) -> None:
    app = make_app(create_app, SIGNING_KEY_SECRET="s" * 40)

    def ask(_: int) -> Any:
        return app.test_client().get("/.well-known/jwks.json").json["keys"]

    answers = together(4, ask)

    assert len({answer[0]["kid"] for answer in answers}) == 1
    assert count(app, SigningKey) == 1


def test_many_workers_rotate_the_keys_once(
    app: Flask, pass_seconds: Callable[[int], None], together: Any, count: Any
) -> None:
    pass_seconds(31 * 86400)

    def rotate(_: int) -> int:
        with app.app_context():
            return steps.rotate_keys()

    made = together(3, rotate)

    assert sum(made) == 1
    assert count(app, SigningKey) == 2
