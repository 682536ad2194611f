"""What runs by the clock."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from chassis import worker
from user_svc.extensions import db
from user_svc.models import RefreshFamily, RefreshToken, ServiceClient, User

DAYS = 86400


def count(app: Flask, table: Any) -> int:
    with app.app_context():
        found = select(func.count()).select_from(table)
        return int(db.session.scalar(found) or 0)


def test_sessions_long_over_are_forgotten(
    app: Flask, shop: Any, asha: Any, pass_seconds: Callable[[int], None]
) -> None:
    shop.refresh(asha.refresh_token)
    pass_seconds(59 * DAYS)
    worker.drain(app)
    assert (count(app, RefreshFamily), count(app, RefreshToken)) == (1, 1)

    pass_seconds(61 * DAYS)
    worker.drain(app)

    assert (count(app, RefreshFamily), count(app, RefreshToken)) == (0, 0)


def test_a_session_that_was_ended_is_forgotten_too(
    app: Flask, shop: Any, asha: Any, pass_seconds: Callable[[int], None]
) -> None:
    other = shop.sign_in(asha.email).json
    shop.call(
        "POST",
        "/user/logout/",
        asha.headers,
        json={"refresh_token": other["refresh_token"]},
    )
    pass_seconds(31 * DAYS)

    worker.drain(app)

    assert count(app, RefreshFamily) == 1


def test_the_worker_sets_up_what_the_settings_name(make_users: Any) -> None:
    app = make_users(
        BOOTSTRAP_ADMIN_EMAIL="boss@shop.example",
        BOOTSTRAP_ADMIN_PASSWORD="a-long-walk-outside",
    )

    worker.drain(app)
    worker.drain(app)

    assert (count(app, User), count(app, ServiceClient)) == (1, 2)
