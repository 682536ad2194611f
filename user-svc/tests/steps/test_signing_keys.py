"""Creation and rotation of signing keys; valid tokens stay valid."""

from collections.abc import Callable
from typing import Any

import jwt
import pytest
from flask import Flask
from sqlalchemy import select

from chassis.web.auth import LEEWAY
from devtools.testkit.plugin import SECRET
from user_svc import create_app, steps
from user_svc.extensions import db
from user_svc.keyring import Keyring
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
    # The last token, ten seconds after the new key began, is valid with the leeway.
    pass_seconds(30 * DAYS + 600 + 10 + 600 + LEEWAY)
    assert rotate(app) == 0
    assert kids(shop) == [new, old]
    # The last token of the old key was over a while ago.
    pass_seconds(30 * DAYS + 601 + 700)
    assert rotate(app) == 1
    assert kids(shop) == [new]


@pytest.fixture
def restart(app: Flask) -> Callable[..., None]:
    """Return `restart(secret, previous)`: as a process with other secrets."""

    def restart(*secrets: str) -> None:
        app.extensions["keyring"] = Keyring(*secrets)
        app.extensions["signer"] = Signer()
        app.extensions.pop("clients_in_sync", None)

    return restart


ANOTHER = "another" * 8


def test_another_secret_signs_with_a_new_key_and_logs_the_reason(
    shop: Any, asha: Any, restart: Any, caplog: pytest.LogCaptureFixture
) -> None:
    [old] = kids(shop)
    restart(ANOTHER)

    answer = shop.sign_in(asha.email)

    assert answer.status_code == 200
    assert "SIGNING_KEY_SECRET" in caplog.text
    assert kids(shop) == [kid_of(answer.json["access_token"]), old]
    assert shop.me(asha).status_code == 200  # by a token of the old key


def test_the_old_key_goes_once_its_tokens_have_ended(
    app: Flask, shop: Any, asha: Any, restart: Any, pass_seconds: Callable[[int], None]
) -> None:
    [old] = kids(shop)
    restart(ANOTHER)
    new = kid_of(shop.sign_in(asha.email).json["access_token"])

    pass_seconds(630)
    assert rotate(app) == 0
    assert kids(shop) == [new, old]
    pass_seconds(700)
    assert rotate(app) == 1
    assert kids(shop) == [new]


def test_with_the_previous_secret_nothing_changes_at_once(
    shop: Any, asha: Any, restart: Any
) -> None:
    [old] = kids(shop)
    restart(ANOTHER, SECRET)

    assert kid_of(shop.sign_in(asha.email).json["access_token"]) == old
    assert kids(shop) == [old]


def test_replicas_with_different_secrets_sign_with_their_own_keys(
    shop: Any, asha: Any, restart: Any
) -> None:
    [old] = kids(shop)
    restart(ANOTHER)
    new = kid_of(shop.sign_in(asha.email).json["access_token"])

    restart(SECRET)
    assert kid_of(shop.sign_in(asha.email).json["access_token"]) == old
    restart(ANOTHER)
    assert kid_of(shop.sign_in(asha.email).json["access_token"]) == new
    assert kids(shop) == [new, old]


def test_service_clients_get_tokens_under_either_secret(
    shop: Any, restart: Any
) -> None:
    order = {"client_id": "order-svc", "client_secret": f"order-svc-{SECRET}"}
    form = {"grant_type": "client_credentials", "audience": "user-svc", **order}
    for secret in (ANOTHER, SECRET, ANOTHER):
        restart(secret)

        assert shop.token(**form, scope="users:read").status_code == 200


def test_a_retried_refresh_survives_a_rotation_of_the_secret(
    shop: Any, asha: Any, restart: Any
) -> None:
    first = shop.refresh(asha.refresh_token).json["refresh_token"]
    restart(ANOTHER)
    elsewhere = shop.refresh(asha.refresh_token)
    restart(ANOTHER, SECRET)
    again = shop.refresh(asha.refresh_token)

    assert (elsewhere.status_code, again.status_code) == (503, 200)
    assert again.json["refresh_token"] == first
    assert shop.refresh(first).status_code == 200


def test_a_command_publishes_the_next_key_once(
    app: Flask, shop: Any, asha: Any, pass_seconds: Callable[[int], None]
) -> None:
    [old] = kids(shop)
    runs = [app.test_cli_runner().invoke(args=["keys", "rotate"]) for _ in range(2)]

    assert [run.exit_code for run in runs] == [0, 0]
    assert runs[0].output == runs[1].output
    assert "the next key is published" in runs[0].output
    new, also_old = kids(shop)
    assert also_old == old
    assert kid_of(shop.sign_in(asha.email).json["access_token"]) == old
    pass_seconds(601)
    app.extensions["signer"] = Signer()
    assert kid_of(shop.sign_in(asha.email).json["access_token"]) == new
    assert shop.me(asha).status_code == 200


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
