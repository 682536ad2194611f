"""From a basket to an order that holds its stock, whatever the neighbours answer."""

from decimal import Decimal
from typing import Any

import pytest
from dependencies import HANG_UP, LOSE

from order_svc.extensions import db
from order_svc.steps import Work

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


def test_lines_of_one_product_are_asked_for_as_one(shop: Any, products: Any) -> None:
    shop.order(lines=[(2, 1), (1, 4), (2, 2)])

    asked, (_, body) = next(one for one in products.requests if one[0] == "reserve")
    assert asked == "reserve"
    assert body == {
        "items": [{"product_id": 1, "quantity": 4}, {"product_id": 2, "quantity": 3}],
        "expires_in": 2700,
    }


def test_each_service_is_asked_with_a_token_of_its_own_scope(
    shop: Any, users: Any, products: Any
) -> None:
    shop.order()
    shop.order()

    assert users.headers[-1]["Authorization"] == "Bearer token-for-users:read"
    assert products.headers[-1]["Authorization"] == "Bearer token-for-stock:reserve"
    tokens = [body for what, body in users.requests if what == "token"]
    assert [(t["audience"], t["scope"]) for t in tokens] == [
        ("user-svc", "users:read"),
        ("product-svc", "stock:reserve"),
    ]


def test_a_refused_token_is_dropped_and_the_next_try_gets_a_new_one(
    shop: Any, users: Any
) -> None:
    users.answers["user"] = [(401, {})]

    assert shop.order().status_code == 503
    assert shop.order().status_code == 201

    assert users.count("token") == 3


def test_too_little_stock_names_the_short_lines_and_leaves_a_failed_order(
    shop: Any, products: Any
) -> None:
    refusal = {"code": "insufficient_stock", "detail": "Short.", "items": SHORT}
    products.answers["reserve"] = (409, refusal)

    answer = shop.order()

    assert (answer.status_code, answer.json["code"]) == (409, "insufficient_stock")
    assert answer.json["items"] == SHORT
    assert shop.get(1)["status"] == "failed"
    assert shop.published(1) == []
    shop.work()
    assert products.count("release final") == 0


def test_an_unknown_product_is_named(shop: Any, products: Any) -> None:
    refusal = {"code": "unknown_product", "detail": "No.", "product_ids": [1]}
    products.answers["reserve"] = (409, refusal)

    answer = shop.order()

    assert (answer.status_code, answer.json["code"]) == (422, "unknown_product")
    assert answer.json["product_ids"] == [1]
    assert shop.state(1) == "rejected"


@pytest.mark.parametrize(
    ("price", "quantity"), [("0.99", 1), ("0.00", 10), ("99999999.99", 2)]
)
def test_a_total_out_of_range_gives_the_stock_back(
    shop: Any, products: Any, price: str, quantity: int
) -> None:
    products.price[1] = price

    answer = shop.order(lines=[(1, quantity)])
    shop.work()

    assert (answer.status_code, answer.json["code"]) == (422, "total_out_of_range")
    assert shop.state(1) == "rejected"
    assert products.states[1] == "release final"
    assert shop.published(1) == []


@pytest.mark.parametrize(("price", "quantity"), [("1.00", 1), ("99999999.99", 1)])
def test_a_total_at_the_edge_of_its_range_is_taken(
    shop: Any, products: Any, price: str, quantity: int
) -> None:
    products.price[1] = price

    assert shop.order(lines=[(1, quantity)]).status_code == 201


@pytest.mark.parametrize("why", NO_ANSWER)
def test_without_a_definite_answer_the_order_waits_and_is_asked_for_again(
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


def test_after_a_minute_without_an_answer_the_order_gives_up(
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


def test_a_gone_reservation_fails_the_order(shop: Any, products: Any) -> None:
    products.states[1] = "release final"

    answer = shop.order()

    assert (answer.status_code, answer.json["code"]) == (409, "reservation_gone")
    assert shop.state(1) == "rejected"


def test_a_refusal_that_another_try_has_overtaken_fails_nothing(
    shop: Any, products: Any
) -> None:
    """The other held the stock, and its time is over before we are answered."""

    def overtaken(order_id: int) -> tuple[int, Any]:
        with shop.app.app_context():
            prices = {1: ("Product 1", Decimal("499.00"))}
            Work.start().saga.mark_reserved(order_id, prices)
            db.session.commit()
        return 410, {"code": "gone"}

    products._hold = overtaken

    answer = shop.order()

    assert (answer.status_code, answer.json["status"]) == (201, "pending")
    assert shop.state(1) == "awaiting_payment"


@pytest.mark.parametrize("user", [None, {"is_active": False}])
def test_who_is_gone_or_deactivated_may_not_order(
    shop: Any, users: Any, products: Any, user: Any
) -> None:
    users.users[17] = user

    answer = shop.order(headers={"Idempotency-Key": "k"})

    assert answer.status_code == 403
    nothing_is_stored(shop, products)


@pytest.mark.parametrize("said", [HANG_UP, (500, {}), (401, {}), (200, ["?"])])
def test_nothing_is_stored_while_user_svc_is_away(
    shop: Any, users: Any, products: Any, said: Any
) -> None:
    users.answers["user"] = said

    answer = shop.order(headers={"Idempotency-Key": "k"})

    assert (answer.status_code, answer.json["code"]) == (503, "unavailable")
    assert answer.headers["Retry-After"]
    nothing_is_stored(shop, products)
    users.answers.clear()
    assert shop.order(headers={"Idempotency-Key": "k"}).status_code == 201


def test_nothing_is_stored_while_product_svc_is_known_to_be_away(
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


def test_orders_are_refused_while_messages_pile_up(
    shop: Any, products: Any, pass_seconds: Any
) -> None:
    pass_seconds(0)
    shop.placed()
    pass_seconds(301)

    answer = shop.order()

    assert answer.status_code == 503
    assert len(shop.call("GET", "/orders/", shop.asha).json["data"]) == 1


def test_too_many_unpaid_orders_of_one_user_are_refused(
    shop: Any, products: Any
) -> None:
    for _ in range(20):
        shop.placed()

    answer = shop.order()

    assert (answer.status_code, answer.json["code"]) == (429, "too_many_open_orders")
    assert answer.headers["Retry-After"]
    assert shop.order(shop.ravi).status_code == 201
    shop.cancel(1)
    shop.receive("payment.closed", order_id=1, reason="cancelled")
    assert shop.order().status_code == 201


def nothing_is_stored(shop: Any, products: Any) -> None:
    assert shop.call("GET", "/orders/", shop.staff).json["data"] == []
    assert products.count("reserve") == 0
    with shop.app.app_context():
        from order_svc.extensions import db
        from order_svc.models import IdempotencyKey

        assert db.session.query(IdempotencyKey).count() == 0
