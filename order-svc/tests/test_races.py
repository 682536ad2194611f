"""Concurrent requests, messages and workers, in threads with their own sessions."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Barrier
from typing import Any

import pytest

from order_svc.extensions import db
from order_svc.managers import timeline
from order_svc.steps import Context


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Start all calls at the same moment and return their answers."""
    gate = Barrier(len(calls))

    def wait_and(call: Callable[[], Any]) -> Any:
        gate.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(wait_and, calls))


def moves(shop: Any, order: int) -> list[str]:
    return [row["to_state"] for row in shop.history(order) if row["kind"] == "state"]


def test_cancel_and_capture_at_once_keep_or_return_the_money(shop: Any) -> None:
    for _ in range(8):
        order = shop.placed()

        answer, outcome = at_once(
            lambda order=order: shop.cancel(order),
            lambda order=order: shop.pay(order),
        )

        assert outcome == "handled"
        kept = ["placed", "awaiting_payment", "paid"]
        back = ["placed", "awaiting_payment", "cancelling", "refund_pending"]
        assert moves(shop, order) == (kept if answer.status_code == 409 else back)
        assert len(shop.refunds(order)) == (0 if answer.status_code == 409 else 1)


def test_orders_at_once_do_not_pass_the_limit_of_open_ones(shop: Any) -> None:
    for _ in range(17):
        shop.placed()

    answers = at_once(*[shop.order] * 6)

    assert sorted(a.status_code for a in answers) == [*[201] * 3, *[429] * 3]


def test_two_workers_commit_an_order_once(shop: Any, products: Any) -> None:
    orders = [shop.placed() for _ in range(5)]
    for order in orders:
        shop.pay(order)

    at_once(*[shop.work] * 4)

    for order in orders:
        assert moves(shop, order)[-2:] == ["paid", "confirmed"]
        assert [k for k, _ in shop.published(order)].count("order.settled") == 1
    assert products.count("commit") == len(orders)


def test_copies_of_a_second_capture_at_once_are_refunded_once(shop: Any) -> None:
    order = shop.confirmed()

    def deliver() -> Any:
        try:
            return shop.pay(order, 777)
        except Exception as error:  # left in its queue: it comes again
            return error

    at_once(*[deliver] * 6)
    assert shop.pay(order, 777) == "handled"

    assert [row["payment_id"] for row in shop.refunds(order)] == [777]


def test_refunds_at_once_never_return_more_than_was_paid(shop: Any) -> None:
    order = shop.confirmed()

    answers = at_once(*[lambda: shop.refund(order, amount="400.00")] * 6)

    assert sorted(a.status_code for a in answers) == [202, 202, *[409] * 4]
    assert sum(row["amount"] for row in shop.refunds(order)) == 800


@pytest.mark.parametrize("copies", [6])
def test_copies_of_one_message_at_once_have_one_effect(shop: Any, copies: int) -> None:
    order = shop.placed()

    def deliver() -> Any:
        try:
            return shop.pay(order, event_id="e-1")
        except Exception as error:  # its twin was faster: it comes again
            return error

    at_once(*[deliver] * copies)

    assert shop.pay(order, event_id="e-1") == "duplicate"
    assert moves(shop, order) == ["placed", "awaiting_payment", "paid"]


def test_a_change_and_a_capture_at_once_both_hold(shop: Any) -> None:
    for _ in range(5):
        order = shop.placed()
        path = f"/orders/{order}/"

        answer, _ = at_once(
            lambda path=path: shop.call("PATCH", path, shop.asha, json={"note": "x"}),
            lambda order=order: shop.pay(order),
        )

        assert answer.status_code == 200
        assert shop.get(order)["note"] == "x"
        assert shop.state(order) == "paid"


def test_a_refund_answered_while_it_is_requested_again_is_not_due(
    shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = shop.confirmed()
    shop.refund(order)
    row = shop.refunds(order)[0]
    publish, answers = timeline.publish, []

    def publish_while_answered(*args: Any) -> None:
        answers.append(pool.submit(shop.receive, "refund.processed", **answer))
        wait(answers, timeout=0.5)  # with the refund locked, the answer waits for us
        publish(*args)

    answer = {
        "order_id": order,
        "payment_id": row["payment_id"],
        "refund_id": 9001,
        "amount": "998.00",
        "reason": row["reason"],
        "n": row["n"],
    }
    with ThreadPoolExecutor(1) as pool, shop.app.app_context():
        with monkeypatch.context() as patch:
            patch.setattr(timeline, "publish", publish_while_answered)
            Context.start().saga.request_refund_again(row["id"])
        db.session.commit()

    assert [future.result() for future in answers] == ["handled"]
    answered = shop.refunds(order)[0]
    assert (answered["state"], answered["next_check_at"]) == ("processed", None)


@pytest.mark.parametrize("same", ["customer", "address"])
def test_concurrent_first_orders_hold_no_more_than_is_allowed(
    shop: Any, same: str
) -> None:
    others = [shop.tokens.user(number) for number in range(30, 34)]
    who = [shop.asha] * 4 if same == "customer" else others
    quantity = 60 if same == "customer" else 100  # of 100 and 200

    answers = at_once(
        *(lambda w=one: shop.order(w, lines=[(1, quantity)]) for one in who)
    )

    codes = sorted(answer.status_code for answer in answers)
    assert codes == (
        [201, 409, 409, 409] if same == "customer" else [201, 201, 409, 409]
    )
