"""Password changes, and the transactions around hashing."""

from typing import Any

import pytest
from flask import Flask

from user_svc import passwords
from user_svc.extensions import db
from user_svc.models import RefreshFamily


def test_a_sign_in_with_the_old_password_does_not_outlive_its_change(
    app: Flask, shop: Any, asha: Any, together: Any, count: Any
) -> None:
    change = {
        "current_password": "a-long-walk-in-the-rain",
        "new_password": "and-home-by-the-river",
    }

    def work(number: int) -> Any:
        if number:
            return shop.sign_in(asha.email)
        return shop.call("POST", "/user/me/password/", asha.headers, json=change)

    changed, signed_in = together(2, work)

    assert changed.status_code == 204
    assert signed_in.status_code in (200, 401)
    if signed_in.status_code == 200:
        assert shop.refresh(signed_in.json["refresh_token"]).status_code == 401
    assert count(app, RefreshFamily, RefreshFamily.revoked_at.is_(None)) == 1


def test_no_transaction_is_open_while_a_password_is_hashed(
    shop: Any, asha: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_ones = []
    real = passwords._hasher

    class Watched:
        check_needs_rehash = real.check_needs_rehash

        def verify(self, known: str, given: str) -> bool:
            open_ones.append(db.session().in_transaction())
            return real.verify(known, given)

        def hash(self, given: str) -> str:
            open_ones.append(db.session().in_transaction())
            return real.hash(given)

    monkeypatch.setattr(passwords, "_hasher", Watched())
    password, key = "a-long-walk-in-the-rain", {"Idempotency-Key": "k"}
    new = {"name": "x", "email": "x@shop.example", "password": password}
    change = {"current_password": password, "new_password": "by-the-river"}
    address = {"email": "y@shop.example", "current_password": password}

    shop.call("POST", "/user/register/", key, json=new)
    shop.sign_in(asha.email)
    shop.call("PATCH", "/user/me/", asha.headers, json=address)
    shop.call("POST", "/user/me/password/", asha.headers, json=change)

    assert open_ones == [False] * 5
