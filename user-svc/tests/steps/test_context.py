"""The settings and the secrets of the current app."""

from typing import Any

from user_svc.keyring import Keyring
from user_svc.steps import context


def test_the_settings_are_those_of_the_current_app(make_users: Any) -> None:
    for seconds in (60, 120):
        app = make_users(ACCESS_TOKEN_SECONDS=str(seconds))
        with app.app_context():
            assert context.settings().access_token_seconds == seconds


def test_the_keyring_is_derived_from_the_secret_of_the_settings(
    make_users: Any,
) -> None:
    secret = "another-secret-of-forty-characters-0000"
    app = make_users(SIGNING_KEY_SECRET=secret)
    with app.app_context():
        derived = context.keyring().mailed_token("m1")

    assert derived == Keyring(secret).mailed_token("m1")
