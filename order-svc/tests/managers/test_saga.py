"""Every transition of the order's table, as docs/states.md shows it, by its effects.

A cell defines in which state the order is then, what was published to payment-svc, and
which commands are sent to product-svc. `ignored`: nothing but a line of the timeline;
`refused`: a 409 for the caller; `impossible`: an alert and no change.
"""

import itertools
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from chassis import clock
from chassis.errors import Conflict
from chassis.state_machine import Kind, Trigger
from order_svc.extensions import db
from order_svc.managers import Customer, Impossible, OrderMachine
from order_svc.models import (
    STATES,
    TRANSITIONS,
    OrderHistory,
    OrderState,
    OrderTrigger,
    Outbox,
    StockCommand,
)
from order_svc.steps import Context

CUSTOMER = Customer(17, "Asha", "asha@shop.example")
Step = Callable[[Context, int], Any]


def own(order: int) -> dict[str, Any]:
    money = {"amount": Decimal("998.00"), "currency": "INR"}
    return {"payment_id": 10 * order + 1, **money}


def other(order: int) -> dict[str, Any]:
    return {**own(order), "payment_id": 10 * order + 2}


def odd(order: int) -> dict[str, Any]:
    return {**own(order), "amount": Decimal("1032.19"), "reason": "A fee was paid."}


def end_hold(work: Context, order: int) -> None:
    """Let a review be older than the hold."""
    row = work.orders.get(order)
    if row.state == OrderState.UNDER_REVIEW:
        row.held_until = clock.now()
        db.session.commit()
        work.saga.continue_review(order)
    else:
        work.saga.machine.fire(row, Trigger(OrderTrigger.HOLD_ENDED, "order-svc"))


def returned(order: int, amount: str) -> dict[str, Any]:
    refund = {"refund_id": 10 * order + 3, "reason": "direct", "n": 1}
    return {**own(order), **refund, "amount": Decimal(amount)}


def disputed(order: int) -> dict[str, Any]:
    stage = {"phase": "chargeback", "status": "open", "respond_by": None}
    ids = {"dispute_id": 10 * order + 4, "version": 1}
    return {**own(order), **ids, **stage}


def prices(price: str) -> dict[int, tuple[str, Decimal]]:
    return {1: ("A brass lamp", Decimal(price))}


def staff_refund(amount: str | None) -> Step:
    money = None if amount is None else Decimal(amount)
    return lambda work, order: work.orders.refund(
        order, amount=money, items={}, note="a scratch"
    )


STEPS: dict[str, Step] = {
    "reserve ok": lambda work, order: work.saga.mark_reserved(order, prices("499.00")),
    "too cheap": lambda work, order: work.saga.mark_reserved(order, prices("0.10")),
    "reserve refused": lambda work, order: work.saga.reject(order, REFUSAL),
    "link ready": lambda work, order: work.saga.store_link(order, LINK),
    "link late": lambda work, order: work.saga.request_link_again(order),
    "captured": lambda work, order: work.saga.mark_paid(order, own(order)),
    "other captured": lambda work, order: work.saga.mark_paid(order, other(order)),
    "closed": lambda work, order: work.saga.mark_closed(order, "expired"),
    "under review": lambda work, order: work.saga.begin_review(order, odd(order)),
    "review rejected": lambda work, order: work.saga.mark_closed(
        order, "cancelled", is_rejected=True
    ),
    "review late": lambda work, order: work.saga.continue_review(order),
    "hold ended": lambda work, order: end_hold(work, order),
    "cancel": lambda work, order: work.orders.cancel(order),
    "deadline": lambda work, order: work.saga.pass_deadline(order),
    "commit ok": lambda work, order: work.saga.confirm(order),
    "commit refused": lambda work, order: work.saga.refuse_commit(
        order, "reservation_gone"
    ),
    "part refunded": lambda work, order: work.saga.record_refund(
        order, returned(order, "1.00")
    ),
    "all refunded": lambda work, order: work.saga.record_refund(
        order, returned(order, "998.00")
    ),
    "refund failed": lambda work, order: work.saga.fail_refund(
        order, returned(order, "1.00")
    ),
    "disputed": lambda work, order: work.saga.record_dispute(order, disputed(order)),
    "staff part": staff_refund("1.00"),
    "staff rest": staff_refund(None),
}
REFUSAL = {"code": "x", "detail": "x"}
LINK: dict[str, Any] = {"short_url": "https://rzp.example/l/1", "expires_at": None}

AWAITING = ["reserve ok"]
WAYS: dict[str, list[str]] = {
    "placed": [],
    "awaiting_payment": AWAITING,
    "expiring": [*AWAITING, "deadline"],
    "cancelling": [*AWAITING, "cancel"],
    "paid": [*AWAITING, "captured"],
    "confirmed": [*AWAITING, "captured", "commit ok"],
    "rejected": ["reserve refused"],
    "expired": [*AWAITING, "closed"],
    "cancelled": [*AWAITING, "cancel", "closed"],
    "refund_pending": [*AWAITING, "captured", "commit refused"],
    "refunded": [*AWAITING, "captured", "commit refused", "all refunded"],
    "under_review": [*AWAITING, "under review"],
}
REFUND = "refund.requested, order.settled refund"
PAY, CLOSE = "payment.requested", "payment.close_requested"
NO_MONEY = "refused not_refundable"
PAID = "refused already_paid"
KEPT, BACK = "order.settled kept", "order.settled refund"
# A direct refund is answered with the outcome and its own id, once all is decided.

CELLS: dict[str, dict[str, str]] = {
    "placed": {
        "reserve ok": f"awaiting_payment: {PAY}",
        "too cheap": "rejected; release_final",
        "reserve refused": "rejected",
        "link ready": "ignored",
        "link late": "impossible",
        "captured": f"refund_pending: {REFUND}; release_final",
        "other captured": f"refund_pending: {REFUND}; release_final",
        "closed": "ignored",
        "under review": "placed",
        "review rejected": "placed",
        "review late": "ignored",
        "hold ended": "ignored",
        "cancel": "cancelled; release_final",
        "deadline": "rejected; release_final",
        "commit ok": "impossible",
        "commit refused": "impossible",
        "part refunded": "placed",
        "all refunded": "placed",
        "refund failed": "placed",
        "disputed": "placed",
        "staff part": NO_MONEY,
        "staff rest": NO_MONEY,
    },
    "awaiting_payment": {
        "reserve ok": "ignored",
        "too cheap": "ignored",
        "reserve refused": "impossible",
        "link ready": "awaiting_payment",
        "link late": f"awaiting_payment: {PAY}",
        "captured": "paid",
        "other captured": "paid",
        "closed": "expired; release",
        "under review": "under_review; prolong",
        "review rejected": "expired; release",
        "review late": "ignored",
        "hold ended": "ignored",
        "cancel": f"cancelling: {CLOSE} cancelled",
        "deadline": f"expiring: {CLOSE} expired",
        "commit ok": "impossible",
        "commit refused": "impossible",
        "part refunded": "awaiting_payment",
        "all refunded": "awaiting_payment",
        "refund failed": "awaiting_payment",
        "disputed": "awaiting_payment",
        "staff part": NO_MONEY,
        "staff rest": NO_MONEY,
    },
    "expiring": {
        "reserve ok": "ignored",
        "too cheap": "ignored",
        "reserve refused": "impossible",
        "link ready": "ignored",
        "link late": "impossible",
        "captured": "paid",
        "other captured": "paid",
        "closed": "expired; release",
        "under review": "under_review; prolong",
        "review rejected": "expired; release",
        "review late": "ignored",
        "hold ended": "ignored",
        "cancel": "cancelling",
        "deadline": f"expiring: {CLOSE} expired",
        "commit ok": "impossible",
        "commit refused": "impossible",
        "part refunded": "expiring",
        "all refunded": "expiring",
        "refund failed": "expiring",
        "disputed": "expiring",
        "staff part": NO_MONEY,
        "staff rest": NO_MONEY,
    },
    "cancelling": {
        "reserve ok": "ignored",
        "too cheap": "ignored",
        "reserve refused": "impossible",
        "link ready": "ignored",
        "link late": "impossible",
        "captured": f"refund_pending: {REFUND}; release_final",
        "other captured": f"refund_pending: {REFUND}; release_final",
        "closed": "cancelled; release_final",
        "under review": "cancelling",
        "review rejected": "cancelled; release_final",
        "review late": "ignored",
        "hold ended": "ignored",
        "cancel": "ignored",
        "deadline": f"cancelling: {CLOSE} cancelled",
        "commit ok": "impossible",
        "commit refused": "impossible",
        "part refunded": "cancelling",
        "all refunded": "cancelling",
        "refund failed": "cancelling",
        "disputed": "cancelling",
        "staff part": NO_MONEY,
        "staff rest": NO_MONEY,
    },
    "paid": {
        "reserve ok": "ignored",
        "too cheap": "ignored",
        "reserve refused": "impossible",
        "link ready": "ignored",
        "link late": "impossible",
        "captured": "ignored",
        "other captured": "ignored",
        "closed": "ignored",
        "under review": "ignored",
        "review rejected": "ignored",
        "review late": "ignored",
        "hold ended": "ignored",
        "cancel": PAID,
        "deadline": "ignored",
        "commit ok": f"confirmed: {KEPT}",
        "commit refused": f"refund_pending: {REFUND}",
        "part refunded": "paid",
        "all refunded": "paid",
        "refund failed": "paid",
        "disputed": "paid",
        "staff part": NO_MONEY,
        "staff rest": NO_MONEY,
    },
    "confirmed": {
        "reserve ok": "ignored",
        "too cheap": "ignored",
        "reserve refused": "impossible",
        "link ready": "ignored",
        "link late": "impossible",
        "captured": f"confirmed: {KEPT}",
        "other captured": f"confirmed: {REFUND}",
        "closed": "ignored",
        "under review": "ignored",
        "review rejected": "ignored",
        "review late": "ignored",
        "hold ended": "ignored",
        "cancel": PAID,
        "deadline": "impossible",
        "commit ok": "ignored",
        "commit refused": "impossible",
        "part refunded": f"confirmed: {KEPT} named",
        "all refunded": f"refunded: {KEPT} named",
        "refund failed": "confirmed",
        "disputed": "confirmed",
        "staff part": "confirmed: refund.requested",
        "staff rest": "refund_pending: refund.requested",
    },
    "rejected": {
        "reserve ok": "rejected; release_final",
        "too cheap": "rejected; release_final",
        "reserve refused": "ignored",
        "link ready": "ignored",
        "link late": "impossible",
        "captured": f"refund_pending: {REFUND}",
        "other captured": f"refund_pending: {REFUND}",
        "closed": "ignored",
        "under review": "rejected",
        "review rejected": "rejected",
        "review late": f"rejected: {CLOSE} expired",
        "hold ended": "ignored",
        "cancel": "ignored",
        "deadline": "impossible",
        "commit ok": "impossible",
        "commit refused": "impossible",
        "part refunded": "rejected",
        "all refunded": "rejected",
        "refund failed": "rejected",
        "disputed": "rejected",
        "staff part": NO_MONEY,
        "staff rest": NO_MONEY,
    },
    "expired": {
        "reserve ok": "expired; release",
        "too cheap": "expired; release",
        "reserve refused": "impossible",
        "link ready": "ignored",
        "link late": "impossible",
        "captured": "paid",
        "other captured": "paid",
        "closed": "ignored",
        "under review": "expired",
        "review rejected": "expired",
        "review late": f"expired: {CLOSE} expired",
        "hold ended": "ignored",
        "cancel": "refused order_expired",
        "deadline": "impossible",
        "commit ok": "impossible",
        "commit refused": "impossible",
        "part refunded": "expired",
        "all refunded": "expired",
        "refund failed": "expired",
        "disputed": "expired",
        "staff part": NO_MONEY,
        "staff rest": NO_MONEY,
    },
    "cancelled": {
        "reserve ok": "cancelled; release_final",
        "too cheap": "cancelled; release_final",
        "reserve refused": "ignored",
        "link ready": "ignored",
        "link late": "impossible",
        "captured": f"refund_pending: {REFUND}",
        "other captured": f"refund_pending: {REFUND}",
        "closed": "ignored",
        "under review": "cancelled",
        "review rejected": "cancelled",
        "review late": f"cancelled: {CLOSE} expired",
        "hold ended": "ignored",
        "cancel": "ignored",
        "deadline": "impossible",
        "commit ok": "impossible",
        "commit refused": "impossible",
        "part refunded": "cancelled",
        "all refunded": "cancelled",
        "refund failed": "cancelled",
        "disputed": "cancelled",
        "staff part": NO_MONEY,
        "staff rest": NO_MONEY,
    },
    "refund_pending": {
        "reserve ok": "ignored",
        "too cheap": "ignored",
        "reserve refused": "impossible",
        "link ready": "ignored",
        "link late": "impossible",
        "captured": f"refund_pending: {BACK}",
        "other captured": f"refund_pending: {REFUND}",
        "closed": "ignored",
        "under review": "ignored",
        "review rejected": "ignored",
        "review late": "ignored",
        "hold ended": "ignored",
        "cancel": PAID,
        "deadline": "ignored",
        "commit ok": "impossible",
        "commit refused": "impossible",
        "part refunded": f"refund_pending: {BACK} named",
        "all refunded": f"refunded: {BACK} named",
        "refund failed": "refund_pending",
        "disputed": "refund_pending",
        "staff part": "refused refund_too_large",  # all of it is asked for already
        "staff rest": "refused refund_too_large",
    },
    "refunded": {
        "reserve ok": "ignored",
        "too cheap": "ignored",
        "reserve refused": "impossible",
        "link ready": "ignored",
        "link late": "impossible",
        "captured": f"refunded: {BACK}",
        "other captured": f"refunded: {REFUND}",
        "closed": "ignored",
        "under review": "ignored",
        "review rejected": "ignored",
        "review late": "ignored",
        "hold ended": "ignored",
        "cancel": PAID,
        "deadline": "impossible",
        "commit ok": "impossible",
        "commit refused": "impossible",
        "part refunded": f"refunded: {BACK} named",
        "all refunded": f"refunded: {BACK} named",
        "refund failed": "refunded",
        "disputed": "refunded",
        "staff part": "refused refund_too_large",
        "staff rest": "refused refund_too_large",
    },
    "under_review": {
        "reserve ok": "ignored",
        "too cheap": "ignored",
        "reserve refused": "impossible",
        "link ready": "ignored",
        "link late": "impossible",
        "captured": "paid",
        "other captured": "paid",
        "closed": "ignored",
        "under review": "under_review",
        "review rejected": "expired; release",
        "review late": f"under_review: {CLOSE} expired; prolong",
        "hold ended": f"under_review: {CLOSE} expired; release",
        "cancel": "refused payment_under_review",
        "deadline": "ignored",
        "commit ok": "impossible",
        "commit refused": "impossible",
        "part refunded": "under_review",
        "all refunded": "under_review",
        "refund failed": "under_review",
        "disputed": "under_review",
        "staff part": NO_MONEY,
        "staff rest": NO_MONEY,
    },
}


def marks(order: int) -> tuple[int, int, int]:
    """Return the last ids of messages, stock commands and timeline lines."""
    tables = (Outbox, StockCommand, OrderHistory)
    newest = [select(t.id).order_by(t.id.desc()).limit(1) for t in tables]
    found = [db.session.scalar(statement) or 0 for statement in newest]
    return found[0], found[1], found[2]


def message(row: Outbox) -> str:
    words = [row.type, row.data.get("outcome", "")]
    if row.type == CLOSE:
        words.append(row.data["reason"])
    if "refund_id" in row.data:
        words.append("named")
    return " ".join(filter(None, words))


def done(order: int, state: str, before: tuple[int, int, int]) -> str:
    """Return what a step has done, as the cells write it."""
    rows = select(Outbox).where(Outbox.id > before[0]).order_by(Outbox.id)
    kinds = select(StockCommand.kind).where(StockCommand.id > before[1])
    history = select(OrderHistory.kind).where(OrderHistory.id > before[2])
    if db.session.scalars(history).all() == ["ignored"]:
        return "ignored"
    messages = ", ".join(map(message, db.session.scalars(rows)))
    commands = ", ".join(db.session.scalars(kinds.order_by(StockCommand.id)))
    return state + (messages and f": {messages}") + (commands and f"; {commands}")


def outcome(work: Context, order: int, step: Step) -> str:
    """Take a step in a transaction of its own and return what it has done."""
    before = marks(order)
    try:
        step(work, order)
    except Impossible:
        db.session.rollback()
        return "impossible"
    except Conflict as refusal:
        db.session.rollback()
        return f"refused {refusal.code}"
    db.session.commit()
    return done(order, work.orders.get(order).state, before)


@pytest.fixture
def work(app: Any) -> Any:
    with app.app_context():
        yield Context.start()


@pytest.fixture
def looked_up(monkeypatch: pytest.MonkeyPatch) -> set[Any]:
    """Return the keys of the code's table that were looked up, as they come."""
    keys: set[Any] = set()

    class Noted(dict[Any, Any]):
        def __getitem__(self, key: Any) -> Any:
            keys.add(key)
            return super().__getitem__(key)

    monkeypatch.setattr(OrderMachine, "transitions", Noted(TRANSITIONS))
    return keys


def an_order(work: Context, way: list[str]) -> int:
    order = work.orders.place(CUSTOMER, {1: 2}, max_open=10**6).id
    for step in way:
        STEPS[step](work, order)
    db.session.commit()
    return order


@pytest.mark.parametrize("state", WAYS)
def test_an_order_does_what_its_cells_of_the_table_say(
    work: Context, looked_up: set[Any], subtests: Any, state: str
) -> None:
    met = set()
    for step, expected in CELLS[state].items():
        order = an_order(work, WAYS[state])
        assert work.orders.get(order).state == state
        looked_up.clear()

        seen = outcome(work, order, STEPS[step])

        met |= looked_up

        with subtests.test(step):
            assert seen == expected
    for name in {name for name in OrderTrigger if (state, name) not in met | BELOW}:
        with subtests.test(str(name)):
            check_alone(work, state, name)


# Whether a refund is the last of its payment makes no difference to orders that
# have no payment left to refund.
TWINS = {
    OrderTrigger.REFUND_COMPLETED: OrderTrigger.REFUND_PROCESSED,
    OrderTrigger.REFUND_PROCESSED: OrderTrigger.REFUND_COMPLETED,
}
BELOW = {
    (OrderState.REFUND_PENDING, OrderTrigger.STAFF_REFUND),
    (OrderState.REFUND_PENDING, OrderTrigger.STAFF_REFUND_REST),
}


@pytest.mark.parametrize("step", ["staff part", "staff rest"])
def test_after_a_refund_that_failed_staff_request_another(
    work: Context, looked_up: set[Any], step: str
) -> None:
    order = an_order(work, WAYS["refund_pending"])
    refund = {**returned(order, "998.00"), "reason": "stock_gone"}
    work.saga.fail_refund(order, refund)
    db.session.commit()
    looked_up.clear()

    assert outcome(work, order, STEPS[step]) == "refund_pending: refund.requested"

    assert looked_up <= BELOW


def check_alone(work: Context, state: str, name: OrderTrigger) -> None:
    """Fire a trigger that no step leads to: it is refused, or is as its twin."""
    cell = TRANSITIONS[OrderState(state), name]
    if name in TWINS:
        assert cell == TRANSITIONS[OrderState(state), TWINS[name]]
        return

    def fire(work: Context, order: int) -> Any:
        return work.saga.machine.fire(work.orders.get(order), Trigger(name))

    expected = {Kind.IMPOSSIBLE: "impossible", Kind.REFUSE: f"refused {cell.code}"}
    order = an_order(work, WAYS[state])
    assert outcome(work, order, fire) == expected[cell.kind]
    assert work.orders.get(order).state == state


def test_an_order_that_does_not_exist_can_only_be_placed(work: Context) -> None:
    for name in OrderTrigger:
        cell = TRANSITIONS[None, name]
        is_place = name == OrderTrigger.PLACE
        assert cell.kind == (Kind.MOVE if is_place else Kind.IMPOSSIBLE)
        if not is_place:
            with pytest.raises(Impossible):
                work.saga.machine.insert(Trigger(name))


def test_every_cell_of_the_table_is_written_here() -> None:
    assert set(TRANSITIONS) == set(itertools.product(STATES, OrderTrigger))
    assert set(CELLS) == set(WAYS)
    assert all(set(cells) == set(STEPS) for cells in CELLS.values())
