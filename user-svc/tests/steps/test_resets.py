"""A password reset while somebody signs in."""

from typing import Any

from flask import Flask

from user_svc.models import RefreshFamily


def test_a_sign_in_with_the_old_password_does_not_outlive_a_reset(
    app: Flask, shop: Any, asha: Any, together: Any, count: Any
) -> None:
    token = shop.reset_token(asha.email)

    def work(number: int) -> Any:
        return shop.sign_in(asha.email) if number else shop.confirm_reset(token)

    reset, signed_in = together(2, work)

    assert reset.status_code == 204
    assert signed_in.status_code in (200, 401)
    assert count(app, RefreshFamily, RefreshFamily.revoked_at.is_(None)) == 0
