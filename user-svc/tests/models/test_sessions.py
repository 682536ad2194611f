"""The retention of sessions."""

from collections.abc import Callable
from typing import Any

from flask import Flask

from chassis import worker
from user_svc.models import RefreshFamily, RefreshToken

DAYS = 86400


def prune(app: Flask) -> None:
    worker.once(app, "prune", worker.loops(app)["prune"])


def test_sessions_that_ended_long_ago_are_deleted(
    app: Flask, shop: Any, asha: Any, pass_seconds: Callable[[int], None], count: Any
) -> None:
    shop.refresh(asha.refresh_token)
    pass_seconds(59 * DAYS)
    prune(app)
    assert (count(app, RefreshFamily), count(app, RefreshToken)) == (1, 1)

    pass_seconds(61 * DAYS)
    prune(app)

    assert (count(app, RefreshFamily), count(app, RefreshToken)) == (0, 0)


def test_a_session_that_was_ended_is_deleted_too(
    app: Flask, shop: Any, asha: Any, pass_seconds: Callable[[int], None], count: Any
) -> None:
    other = shop.sign_in(asha.email).json
    shop.call(
        "POST",
        "/user/logout/",
        asha.headers,
        json={"refresh_token": other["refresh_token"]},
    )
    pass_seconds(31 * DAYS)

    prune(app)

    assert count(app, RefreshFamily) == 1
