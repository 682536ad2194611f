"""One Idempotency-Key places one order, after a crash and a repeat too."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from dependencies import HANG_UP

KEY = {"Idempotency-Key": "basket-17"}
SHORT = [{"product_id": 1, "requested": 2, "available": 1}]


def count(shop: Any) -> int:
    return len(shop.call("GET", "/orders/", shop.staff).json["data"])


def test_the_same_key_gets_the_first_answer(shop: Any, products: Any) -> None:
    first, second = (shop.order(headers=KEY) for _ in range(2))

    assert (first.status_code, first.json) == (second.status_code, second.json)
    assert first.headers["Location"] == second.headers["Location"]
    assert first.headers["ETag"] == second.headers["ETag"]
    assert second.headers["Idempotency-Replayed"] == "true"
    assert count(shop) == products.count("reserve") == 1


def test_the_same_key_with_another_basket_is_refused(shop: Any) -> None:
    shop.order(headers=KEY)

    answer = shop.order(lines=[(2, 1)], headers=KEY)

    assert (answer.status_code, answer.json["code"]) == (422, "idempotency_key_reused")
    assert count(shop) == 1


def test_the_same_key_of_another_customer_is_another_key(shop: Any) -> None:
    shop.order(headers=KEY)

    assert shop.order(shop.ravi, headers=KEY).status_code == 201
    assert count(shop) == 2


def test_a_refusal_is_replayed_too(shop: Any, products: Any) -> None:
    refusal = {"code": "insufficient_stock", "detail": "Short.", "items": SHORT}
    products.answers["reserve"] = [(409, refusal)]

    first, second = (shop.order(headers=KEY) for _ in range(2))

    assert first.status_code == second.status_code == 409
    assert first.json["items"] == second.json["items"] == SHORT
    assert count(shop) == 1


def test_an_answer_that_was_not_known_yet_is_replayed_as_it_was(
    shop: Any, products: Any, pass_seconds: Any
) -> None:
    pass_seconds(0)
    products.answers["reserve"] = (503, {})
    first = shop.order(headers=KEY)
    products.answers.clear()
    pass_seconds(5)
    shop.work()

    second = shop.order(headers=KEY)

    assert first.status_code == second.status_code == 202
    assert first.json == second.json
    assert shop.state(1) == "awaiting_payment"


def test_a_replay_calls_no_other_service(shop: Any, users: Any, products: Any) -> None:
    first = shop.order(headers=KEY)
    users.answers["user"] = products.answers["reserve"] = HANG_UP

    assert shop.order(headers=KEY).json == first.json


def test_twenty_requests_at_once_place_one_order(shop: Any, products: Any) -> None:
    gate = Barrier(20)

    def send(_: int) -> Any:
        gate.wait()
        return shop.order(headers=KEY)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(send, range(20)))

    codes = Counter(a.json.get("code", a.status_code) for a in answers)
    assert codes[201] >= 1
    assert set(codes) <= {201, "idempotency_in_progress"}
    assert len({a.json["id"] for a in answers if a.status_code == 201}) == 1
    assert count(shop) == products.count("reserve") == 1
    for answer in answers:
        if answer.status_code == 409:
            assert answer.headers["Retry-After"] == "1"


@pytest.fixture
def crash(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that makes the next request crash at one place."""

    def at(place: str) -> Any:
        def fail(*_: Any, **__: Any) -> None:
            raise KeyError("crash")

        patch = pytest.MonkeyPatch()
        patch.setattr(place, fail)
        return patch

    return at


def crashed(shop: Any, crash: Any, place: str) -> None:
    patch = crash(place)
    assert shop.order(headers=KEY).status_code == 500
    patch.undo()


def test_a_crash_before_the_first_commit_leaves_nothing(
    shop: Any, crash: Any, products: Any
) -> None:
    crashed(shop, crash, "chassis.web.idempotency.made")
    assert count(shop) == 0

    assert shop.order(headers=KEY).status_code == 201
    assert count(shop) == 1


@pytest.mark.parametrize(
    "place",
    [
        "order_svc.steps.reserve",  # before product-svc is asked
        "order_svc.steps.checkout._record",  # after it has answered
        "order_svc.steps.check_refused",  # after its answer is written down
        "chassis.web.idempotency._keep",  # before the answer is kept
    ],
)
def test_a_crashed_request_is_resumed(
    shop: Any, crash: Any, products: Any, pass_seconds: Any, place: str
) -> None:
    pass_seconds(0)
    crashed(shop, crash, place)
    early = shop.order(headers=KEY)
    assert (early.status_code, early.json["code"]) == (409, "idempotency_in_progress")
    pass_seconds(61)

    answer = shop.order(headers=KEY)

    assert (answer.status_code, answer.json["id"]) == (201, 1)
    assert answer.json["total_price"] == "998.00"
    assert count(shop) == 1
    assert [kind for kind, _ in shop.published(1)] == ["payment.requested"]
    assert shop.order(headers=KEY).headers["Idempotency-Replayed"] == "true"


def test_a_crashed_request_that_was_refused_meanwhile_returns_the_refusal(
    shop: Any, crash: Any, products: Any, pass_seconds: Any
) -> None:
    pass_seconds(0)
    crashed(shop, crash, "order_svc.steps.reserve")
    refusal = {"code": "insufficient_stock", "detail": "Short.", "items": SHORT}
    products.answers["reserve"] = [(409, refusal)]
    pass_seconds(31)
    shop.work()
    pass_seconds(31)

    answer = shop.order(headers=KEY)

    assert (answer.status_code, answer.json["items"]) == (409, SHORT)


def test_a_crashed_request_whose_order_was_rejected_meanwhile_fails(
    shop: Any, crash: Any, pass_seconds: Any
) -> None:
    pass_seconds(0)
    crashed(shop, crash, "order_svc.steps.reserve")
    pass_seconds(61)
    shop.work()

    answer = shop.order(headers=KEY)

    assert (answer.status_code, answer.json["code"]) == (409, "reservation_gone")
    assert shop.state(1) == "rejected"
