"""The rules for signing keys."""

from datetime import timedelta
from typing import Any

from chassis import clock
from user_svc import create_app, steps
from user_svc.extensions import db
from user_svc.managers import SigningKeyManager


def test_a_key_that_is_not_active_yet_is_used_when_it_is_the_only_one(
    make_app: Any, private_key: Any
) -> None:
    app = make_app(create_app, SIGNING_KEY_SECRET="s" * 40)
    with app.app_context():
        manager = SigningKeyManager(db.session, steps.keyring())
        ahead = clock.now() + timedelta(seconds=5)
        kid = manager.add(private_key, 1, ahead).kid
        found = manager.list_active()

    assert [key.kid for key in found] == [kid]
