"""Placing an order and reserving its stock, whatever the other services answer."""

from decimal import Decimal
from typing import Any

import pytest
from dependencies import HANG_UP, LOSE

from order_svc.extensions import db
from order_svc.steps import Context

SHORT = [{"product_id": 1, "requested": 2, "available": 1}]
HTML = (502, "<html>")
NO_ANSWER = {
    "hangs up": HANG_UP,
    "loses its answer": [LOSE, LOSE],
    "fails": (500, {}),
    "is busy": (429, {}),
    "redirects": (302, {}),
    "does not know us": (401, {}),
    "forbids": (403, {}),
    "says what cannot be": (404, {}),
    "mixes orders up": (409, {"code": "reservation_mismatch"}),
    "forgets a line": (201, {"items": []}),
    "has no price": (201, {"items": [{"product_id": 1, "name": "x", "price": "NaN"}]}),
    "says nothing": (200, None),
}


def test_prices_and_names_come_from_product_svc_alone(shop: Any, products: Any) -> None:
    products.price[1] = "12.34"

    order = shop.order(lines=[(1, 3)]).json

    assert order["total_price"] == "37.02"
    line = order["items"][0]
    assert (line["product_name"], line["price"]) == ("Product 1", "12.34")


def test_lines_of_one_product_are_reserved_as_one(shop: Any, products: Any) -> None:
    shop.order(lines=[(2, 1), (1, 4), (2, 2)])

    asked, (_, body) = next(one for one in products.requests if one[0] == "reserve")
    assert asked == "reserve"
    assert body == {
        "items": [{"product_id": 1, "quantity": 4}, {"product_id": 2, "quantity": 3}],
        "expires_in": 2700,
    }


@pytest.mark.parametrize("why", NO_ANSWER)
def test_without_a_definite_answer_the_reservation_is_tried_again(
    shop: Any, products: Any, pass_seconds: Any, why: str
) -> None:
    pass_seconds(0)
    products.answers["reserve"] = NO_ANSWER[why]

    answer = shop.order()

    assert answer.status_code == 202
    assert answer.headers["Location"].endswith("/orders/1/")
    assert answer.json["status"] == "pending"
    assert answer.json["total_price"] == answer.json["items"][0]["price"] == "0.00"
    assert answer.json["payment"] is None
    products.answers.clear()
    pass_seconds(5)
    shop.work()
    assert shop.state(1) == "awaiting_payment"
    assert shop.get(1)["total_price"] == "998.00"


def test_after_a_minute_without_an_answer_the_order_is_rejected(
    shop: Any, products: Any, pass_seconds: Any
) -> None:
    pass_seconds(0)
    products.answers["reserve"] = (503, {})
    order = shop.placed()
    pass_seconds(61)

    shop.work()

    assert shop.state(order) == "rejected"
    assert shop.stock_commands(order) == [("release_final", "done")]
    assert products.states[order] == "release final"


def test_a_refusal_after_another_attempt_succeeded_changes_nothing(
    shop: Any, products: Any
) -> None:
    """The other attempt reserved the stock, which expired before our answer."""

    def overtaken(order_id: int) -> tuple[int, Any]:
        with shop.app.app_context():
            prices = {1: ("Product 1", Decimal("499.00"))}
            Context.start().saga.mark_reserved(order_id, prices)
            db.session.commit()
        return 410, {"code": "gone"}

    products._hold = overtaken

    answer = shop.order()

    assert (answer.status_code, answer.json["status"]) == (201, "pending")
    assert shop.state(1) == "awaiting_payment"


@pytest.mark.parametrize("user", [None, {"is_active": False}])
def test_a_deleted_or_deactivated_user_may_not_order(
    shop: Any, users: Any, products: Any, user: Any
) -> None:
    users.users[17] = user

    answer = shop.order(headers={"Idempotency-Key": "k"})

    assert answer.status_code == 403
    nothing_is_stored(shop, products)


@pytest.mark.parametrize("answer", [HANG_UP, (500, {}), (401, {}), (200, ["?"])])
def test_nothing_is_stored_while_user_svc_does_not_answer(
    shop: Any, users: Any, products: Any, answer: Any
) -> None:
    users.answers["user"] = answer

    answer = shop.order(headers={"Idempotency-Key": "k"})

    assert (answer.status_code, answer.json["code"]) == (503, "unavailable")
    assert answer.headers["Retry-After"]
    nothing_is_stored(shop, products)
    users.answers.clear()
    assert shop.order(headers={"Idempotency-Key": "k"}).status_code == 201


def test_nothing_is_stored_while_the_breaker_of_product_svc_is_open(
    shop: Any, products: Any
) -> None:
    products.answers["reserve"] = (503, {})
    for _ in range(5):
        assert shop.order().status_code == 202
    asked = products.count("reserve")

    answer = shop.order(headers={"Idempotency-Key": "k"})

    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert products.count("reserve") == asked
    assert len(shop.call("GET", "/orders/", shop.asha).json["data"]) == 5


def test_orders_are_refused_while_the_outbox_is_not_sent(
    shop: Any, products: Any, pass_seconds: Any
) -> None:
    pass_seconds(0)
    shop.placed()
    pass_seconds(301)

    answer = shop.order()

    assert answer.status_code == 503
    assert len(shop.call("GET", "/orders/", shop.asha).json["data"]) == 1


def nothing_is_stored(shop: Any, products: Any) -> None:
    assert shop.call("GET", "/orders/", shop.staff).json["data"] == []
    assert products.count("reserve") == 0
    with shop.app.app_context():
        from order_svc.extensions import db
        from order_svc.models import IdempotencyKey

        assert db.session.query(IdempotencyKey).count() == 0
