"""Sessions when two clients act at once."""

from typing import Any

from flask import Flask

from user_svc.models import RefreshToken


def test_two_refreshes_at_once_get_the_same_successor(
    app: Flask, shop: Any, asha: Any, together: Any, count: Any
) -> None:
    answers = together(4, lambda _: shop.refresh(asha.refresh_token))

    assert [answer.status_code for answer in answers] == [200] * 4
    assert len({answer.json["refresh_token"] for answer in answers}) == 1
    assert count(app, RefreshToken, RefreshToken.spent_at.is_(None)) == 1
    assert count(app, RefreshToken) == 2
