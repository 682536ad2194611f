"""A password change while somebody signs in."""

from typing import Any

from flask import Flask

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
