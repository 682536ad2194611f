"""Sign-in: outdated hashes, and a password that changes meanwhile."""

from threading import Thread
from typing import Any

import pytest
from flask import Flask

from user_svc import passwords
from user_svc.extensions import db
from user_svc.hashing import Hashing
from user_svc.models import User


def test_an_outdated_hash_is_replaced(app: Flask, shop: Any, asha: Any) -> None:
    import argon2

    weak = argon2.PasswordHasher(1, 1024, 1).hash("a-long-walk-in-the-rain")
    with app.app_context():
        db.session.get_one(User, asha.id).password_hash = weak
        db.session.commit()

    assert shop.sign_in(asha.email).status_code == 200

    with app.app_context():
        kept = db.session.get_one(User, asha.id).password_hash
    assert "m=19456,t=2,p=1" in str(kept)
    assert shop.sign_in(asha.email).status_code == 200


def test_a_password_changed_during_a_sign_in_wins(
    app: Flask, shop: Any, asha: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Hashing.run

    def change_after(hashing: Hashing, work: Any, stored: Any, given: str) -> Any:
        monkeypatch.setattr(Hashing, "run", real)
        is_right = hashing.run(work, stored, given)
        body = {"current_password": given, "new_password": "and-home-by-the-river"}
        changing = Thread(
            target=shop.call,
            args=("POST", "/user/me/password/", asha.headers),
            kwargs={"json": body},
        )
        changing.start()
        changing.join()
        return is_right

    monkeypatch.setattr(Hashing, "run", change_after)

    assert shop.sign_in(asha.email).status_code == 401
    assert shop.sign_in(asha.email, "and-home-by-the-river").status_code == 200


def test_a_password_composed_at_registration_may_be_decomposed_at_sign_in(
    shop: Any,
) -> None:
    person = {
        "name": "Zoë",
        "email": "zoe@shop.example",
        "password": "caf\u00e9-au-lait",
    }
    assert shop.call("POST", "/user/register/", json=person).status_code == 201

    for password in ("cafe\u0301-au-lait", "caf\u00e9-au-lait"):
        assert shop.sign_in("zoe@shop.example", password).status_code == 200
        answer = shop.token(
            grant_type="password", username="zoe@shop.example", password=password
        )
        assert answer.status_code == 200


def test_an_older_hash_of_a_decomposed_password_is_replaced(
    app: Flask, shop: Any, asha: Any
) -> None:
    with app.app_context():
        older = passwords._hasher.hash("cafe\u0301-au-lait")
        db.session.get_one(User, asha.id).password_hash = older
        db.session.commit()

    assert shop.sign_in(asha.email, "cafe\u0301-au-lait").status_code == 200
    assert shop.sign_in(asha.email, "caf\u00e9-au-lait").status_code == 200
