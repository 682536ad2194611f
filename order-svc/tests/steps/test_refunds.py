"""An unanswered refund is requested again."""

from typing import Any

import pytest

GONE = (409, {"code": "reservation_gone"})


@pytest.fixture(autouse=True)
def clock(pass_seconds: Any) -> None:
    pass_seconds(0)


def test_an_unanswered_refund_is_requested_again_with_the_same_data(
    shop: Any, products: Any, pass_seconds: Any
) -> None:
    order = shop.placed()
    shop.pay(order)
    products.answers["commit"] = GONE
    shop.work()

    pass_seconds(301)
    shop.work()
    shop.work()

    asked = [data for kind, data in shop.published(order) if kind == "refund.requested"]
    assert len(asked) == 2
    assert asked[0] == asked[1]
    shop.refunded(order)
    pass_seconds(100_000)
    shop.work()
    assert len([k for k, _ in shop.published(order) if k == "refund.requested"]) == 2
