"""The retention of counts and of known addresses."""

from collections.abc import Callable
from typing import Any

from flask import Flask

from chassis import worker
from user_svc.models import GuessCount, KnownAddress

DAYS = 86400


def test_counts_are_deleted_after_a_day_and_addresses_after_thirty(
    app: Flask, shop: Any, asha: Any, pass_seconds: Callable[[int], None], count: Any
) -> None:
    shop.sign_in(asha.email, "not-the-password")

    def left_after(seconds: int) -> tuple[int, int]:
        pass_seconds(seconds)
        worker.once(app, "prune", worker.loops(app)["prune"])
        return count(app, GuessCount), count(app, KnownAddress)

    rows = count(app, GuessCount)
    assert left_after(DAYS - 60) == (rows, 1)
    assert left_after(DAYS + 60) == (0, 1)
    assert left_after(30 * DAYS + 60) == (0, 0)
