"""Orders and their money, compared with a plain model.

Hypothesis places, cancels, pays and refunds orders in any order, lets messages of
payment-svc come early, late, wrong and twice, lets time pass and the worker run. After
each step every order is compared: its state and version, its money, its commands to
product-svc and all its messages.
"""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from dependencies import LOSE
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from orders_model import LINK_SECONDS, MINUTE, PRICE, Order, Refund, money
from sqlalchemy import update

from chassis import clock
from chassis.json import timestamp
from order_svc import clients
from order_svc.extensions import db
from order_svc.models import Order as OrderRow
from order_svc.models import OrderRefund

MOST_ORDERS = 3
FIRST_CUSTOMER = 1000
KEYS = (None, "first", "second")
FINE, SHORT, UNANSWERED = "fine", "short", "unanswered"
REFUSAL = {"code": "insufficient_stock", "detail": "Short.", "items": []}
# The members of a message that the model knows, by the message's type.
MEMBERS = {
    "payment.requested": ("amount",),
    "payment.close_requested": ("reason",),
    "refund.requested": ("payment_id", "reason", "n", "amount"),
    "order.settled": ("payment_id", "outcome", "refund_id"),
}
pick = st.integers(0, 10**6)


class Orders(RuleBasedStateMachine):
    """The orders of one customer for one product, and all messages about them."""

    def __init__(self, shop: Any, products: Any, hold: Callable[[int], None]) -> None:
        super().__init__()
        self.shop, self.products, self.hold, self.now = shop, products, hold, 0
        self.hold(0)
        number = FIRST_CUSTOMER + next(shop.payments)  # also the number of the product
        self.customer, self.product = shop.tokens.user(number), number
        self.orders: dict[int, Order] = {}
        self.answers: dict[str, tuple[int, Any]] = {}
        self.received: list[tuple[str, str, dict[str, Any]]] = []

    def teardown(self) -> None:
        """Let the worker forget these orders: the clock goes back."""
        with self.shop.app.app_context():
            for table in (OrderRow, OrderRefund):
                db.session.execute(update(table).values(next_check_at=None))
            db.session.commit()

    # what there is

    def chosen(self, number: int) -> tuple[int, Order]:
        return list(self.orders.items())[number % len(self.orders)]

    def receive(self, outcome: str, kind: str, order_id: int, **data: Any) -> None:
        """Receive a message with a new id, and compare its outcome."""
        event_id, data = str(uuid.uuid4()), {"order_id": order_id, **data}

        assert self.shop.receive(kind, event_id, **data) == outcome

        # A message in quarantine leaves no id, so that staff can retry it.
        if not (kind == "payment.captured" and self.is_odd(data)):
            self.received.append((kind, event_id, data))

    def is_odd(self, data: dict[str, Any]) -> bool:
        return data["payment_id"] in self.orders[data["order_id"]].quarantined

    # what customers and staff do

    @rule(key=st.sampled_from(KEYS), quantity=st.integers(1, 2), stock=pick)
    def place(self, key: str | None, quantity: int, stock: int) -> None:
        known = self.answers.get(key or "")
        if known is None and len(self.orders) == MOST_ORDERS:
            return
        headers = {"Idempotency-Key": key} if key else {}
        lines, is_new = [(self.product, quantity)], known is None
        how = (FINE, FINE, SHORT, UNANSWERED)[stock % 4]
        self.products.answers["reserve"] = {
            FINE: None,
            SHORT: (409, REFUSAL),
            UNANSWERED: [LOSE, LOSE],
        }[how]

        answer = self.shop.order(self.customer, lines, headers=headers)

        self.products.answers.clear()
        if known is not None:
            self.check_repeated(answer, known, quantity)
        else:
            self.placed(answer, quantity, how)
        if key and is_new:
            self.answers[key] = (quantity, answer)

    @precondition(lambda self: not self.orders)
    @rule(quantity=st.integers(1, 2))
    def buy(self, quantity: int) -> None:
        """Place and pay an order as most customers do."""
        self.place(None, quantity, 0)
        self.captured(len(self.orders) - 1, 1, 0)
        self.the_worker_runs(0)

    def check_repeated(
        self, answer: Any, known: tuple[int, Any], quantity: int
    ) -> None:
        first_quantity, first = known
        if quantity != first_quantity:
            assert answer.json["code"] == "idempotency_key_reused"
            return
        assert (answer.status_code, answer.json) == (first.status_code, first.json)
        assert answer.headers["Idempotency-Replayed"] == "true"

    def placed(self, answer: Any, quantity: int, how: str) -> None:
        statuses = {FINE: 201, SHORT: 409, UNANSWERED: 202}
        assert answer.status_code == statuses[how], answer.text
        newest = self.shop.call("GET", "/orders/?limit=1&sort=-id", self.customer)
        order_id = newest.json["data"][0]["id"]
        assert order_id not in self.orders
        order = self.orders[order_id] = Order(quantity, self.now)
        if how == FINE:
            order.reserve(self.now)
        elif how == SHORT:
            order.move(self.now, "rejected")
        else:
            # The lost answers would open the circuit breaker.
            clients.init_app(self.shop.app, self.shop.app.extensions["settings"])
            order.stock, order.due = "held", self.now + 1

    @precondition(lambda self: self.orders)
    @rule(number=pick)
    def cancel(self, number: int) -> None:
        order_id, order = self.chosen(number)

        answer = self.shop.cancel(order_id, self.customer)

        assert answer.status_code == order.cancel(self.now), answer.text

    @precondition(lambda self: self.orders)
    @rule(
        number=pick,
        amount=st.sampled_from([None, 1, 200, PRICE, 2 * PRICE]),
        pieces=st.sampled_from([0, 0, 1, 2]),
    )
    def refund(self, number: int, amount: int | None, pieces: int) -> None:
        order_id, order = self.chosen(number)
        body: dict[str, Any] = {} if amount is None else {"amount": money(amount)}
        if pieces:
            body["items"] = [{"product_id": self.product, "quantity": pieces}]

        answer = self.shop.refund(order_id, **body)

        refusal = order.refund(self.now, amount, pieces)
        assert answer.status_code == (409 if refusal else 202), answer.text
        assert answer.json.get("code", "") == refusal

    # what payment-svc says

    @precondition(lambda self: self.orders)
    @rule(number=pick)
    def link_ready(self, number: int) -> None:
        order_id, order = self.chosen(number)
        ends_at = timestamp(clock.now() + timedelta(seconds=LINK_SECONDS))
        link = {"short_url": "https://rzp.example/l/1", "expires_at": ends_at}

        self.receive("handled", "payment.link_ready", order_id, **link)

        order.link_ready(self.now)

    @precondition(lambda self: self.orders)
    @rule(number=pick, which=st.sampled_from([1, 1, 1, 2]), more=st.integers(0, 4))
    def captured(self, number: int, which: int, more: int) -> None:
        order_id, order = self.chosen(number)
        payment = 10 * order_id + which
        amount = PRICE * order.quantity + (1 if more == 4 else 0)
        outcome = order.capture(self.now, payment, amount)
        facts = {"payment_id": payment, "amount": money(amount), "currency": "INR"}

        self.receive(outcome, "payment.captured", order_id, **facts)

    @precondition(lambda self: self.orders)
    @rule(number=pick, reason=st.sampled_from(["expired", "cancelled"]))
    def closed(self, number: int, reason: str) -> None:
        order_id, order = self.chosen(number)

        self.receive("handled", "payment.closed", order_id, reason=reason)

        order.close(self.now, reason)

    @precondition(lambda self: any(one.refunds for one in self.orders.values()))
    @rule(number=pick, is_good=st.booleans())
    def refund_answered(self, number: int, is_good: bool) -> None:
        """Answer a request; an answer that was given is given again."""
        every = [(i, r) for i, one in self.orders.items() for r in one.refunds]
        order_id, refund = every[number % len(every)]
        state = "processed" if is_good else "failed"

        self.answer(order_id, refund, state if refund.due else refund.state)

    @precondition(lambda self: self.orders)
    @rule(number=pick)
    def refunded_directly(self, number: int) -> None:
        """A refund that was requested at payment-svc, of a part or the rest."""
        order_id, order = self.chosen(number)
        if order.state not in ("confirmed", "refund_pending") or not order.remaining:
            return
        assert order.payment is not None
        n = 1 + sum(one.reason == "direct" for one in order.refunds)
        amount = min(200, order.remaining)
        refund = Refund(order.payment, "direct", n, amount, None)
        order.refunds.append(refund)

        self.answer(order_id, refund, "processed")

    def answer(self, order_id: int, refund: Refund, state: str) -> None:
        order = self.orders[order_id]
        refund_id = 1000 * order_id + order.refunds.index(refund)
        facts = {"payment_id": refund.payment, "reason": refund.reason, "n": refund.n}
        money_ = {"refund_id": refund_id, "amount": money(refund.amount)}

        self.receive("handled", f"refund.{state}", order_id, **facts, **money_)

        order.answer(self.now, refund, state, refund_id)

    @precondition(lambda self: self.received)
    @rule(number=pick)
    def a_copy_of_a_message(self, number: int) -> None:
        kind, event_id, data = self.received[number % len(self.received)]

        assert self.shop.receive(kind, event_id, **data) == "duplicate"

    # what else happens

    @precondition(lambda self: self.orders)
    @rule(number=pick)
    def somebody_buys_released_stock(self, number: int) -> None:
        order_id, order = self.chosen(number)
        if order.stock == "release":
            order.stock = self.products.states[order_id] = "release final"

    @rule(seconds=st.sampled_from([0, 0, 20, MINUTE, 400, 1021]))
    def the_worker_runs(self, seconds: int) -> None:
        self.now += seconds
        self.hold(self.now)

        self.shop.work()

        for order in self.orders.values():
            order.work(self.now)

    # what always holds

    @invariant()
    def every_order_is_as_in_the_model(self) -> None:
        for order_id, order in self.orders.items():
            self.check_row(order_id, order)
            self.check_shown(order_id, order)
            self.check_messages(order_id, order)

    def check_row(self, order_id: int, order: Order) -> None:
        row, lines = self.shop.row(order_id), self.shop.history(order_id)
        refunds = [
            (one["payment_id"], one["reason"], one["n"], one["amount"], one["state"])
            for one in self.shop.refunds(order_id)
        ]

        assert (row.state, row.version) == (order.state, order.version)
        assert [one["to_state"] for one in lines if one["to_state"]] == order.path
        assert row.payment_id == order.payment
        assert (row.captured_amount or 0) == order.captured
        assert refunds == [(*one.name, one.amount, one.state) for one in order.refunds]
        assert order.refunded <= order.captured

    def check_shown(self, order_id: int, order: Order) -> None:
        shown = self.shop.get(order_id, self.customer)

        assert shown["status"] == order.status
        assert shown["total_price"] == money(order.total)
        assert shown["refunded_amount"] == money(order.refunded)
        status = shown["payment"] and shown["payment"]["status"]
        assert status == order.payment_status

    def check_messages(self, order_id: int, order: Order) -> None:
        sent = [
            (kind, *(data.get(name) for name in MEMBERS[kind]))
            for kind, data in self.shop.published(order_id)
        ]
        commands = [list(one) for one in self.shop.stock_commands(order_id)]
        heard = [
            what
            for what, body in self.products.requests
            if what != "reserve"
            and order_id == (body[0] if what == "restock" else body)
        ]

        assert sent == order.sent
        assert commands == order.commands
        assert sorted(heard) == sorted(order.heard)


@pytest.fixture
def app(reuse_orders: Callable[..., Any]) -> Any:
    """Return the service whose messages may wait: nothing sends them here."""
    return reuse_orders(OUTBOX_LIMIT_SECONDS="1000000")


def test_orders_and_their_money_are_those_of_the_model(
    shop: Any, products: Any, hold: Callable[[int], None]
) -> None:
    run_state_machine_as_test(
        lambda: Orders(shop, products, hold),
        settings=settings(
            max_examples=16,
            stateful_step_count=20,
            derandomize=True,
            database=None,
            deadline=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )
