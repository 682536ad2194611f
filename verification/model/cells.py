"""The cells of the services' tables, and those that no model takes, with the reason."""

from enum import StrEnum
from typing import Any

from order_svc.models import Kind, OrderEvent, OrderState
from payment_svc.models import PaymentState, PaymentTrigger, RefundState, RefundTrigger
from product_svc.models import ReservationState, Trigger
from product_svc.models.reservations import Answer
from verification.model.rules import TABLES, Key

AXES: dict[str, tuple[tuple[Any, ...], type[StrEnum]]] = {
    "order": (tuple(OrderState), OrderEvent),
    "reservation": ((None, *ReservationState), Trigger),
    "payment": ((None, *PaymentState), PaymentTrigger),
    "refund": ((None, *RefundState), RefundTrigger),
}
CELLS: tuple[Key, ...] = tuple(
    (machine, state, event)
    for machine, (states, events) in AXES.items()
    for state in states
    for event in events
)


def is_never(key: Key) -> bool:
    """Say whether the service's table calls the cell impossible."""
    machine, state, event = key
    cell: Any = TABLES[machine].get((state, event))
    if machine == "order":
        return bool(cell.kind is Kind.IMPOSSIBLE)
    return cell is None or cell is Answer.NEVER


def _cells(machine: str, states: Any, *events: Any) -> list[Key]:
    return [(machine, state, event) for state in states for event in events]


Order, E = OrderState, OrderEvent
P, T = PaymentState, PaymentTrigger
R, Told = RefundState, RefundTrigger
UNDECIDED = (
    Order.PLACED,
    Order.AWAITING_PAYMENT,
    Order.EXPIRING,
    Order.CANCELLING,
    Order.PAID,
    Order.REJECTED,
    Order.EXPIRED,
    Order.CANCELLED,
)
UNPAID = tuple(state for state in UNDECIDED if state is not Order.PAID)

# What could be, but is not: a reason, and the cells it holds for.
NOT_TAKEN: dict[str, list[Key]] = {
    "money goes back only once it is decided what becomes of its capture": _cells(
        "order", UNDECIDED, E.REFUND_PROCESSED, E.REFUND_COMPLETED, E.REFUND_FAILED
    ),
    "staff are told before the table is asked that nothing is left to return": _cells(
        "order", [Order.REFUNDED], E.STAFF_REFUND, E.STAFF_REFUND_REST
    ),
    "without a capture there is no rest of it": _cells(
        "order", UNPAID, E.STAFF_REFUND_REST
    ),
    "a paid order has held its stock": _cells(
        "reservation", [None], Trigger.COMMIT, Trigger.RESTOCK
    ),
    "it is of no use any more, and forgotten, before it can be met there": [
        *_cells("order", [Order.CONFIRMED, Order.REFUNDED], E.LINK_READY),
        ("order", Order.REFUNDED, E.CLOSED),
        ("reservation", ReservationState.REFUSED, Trigger.RELEASE),
    ],
    "an order that lets go for good has neither let go for a while nor committed": (
        _cells(
            "reservation",
            [ReservationState.RELEASED, ReservationState.COMMITTED],
            Trigger.RELEASE_FINAL,
        )
    ),
    "only what was held is let go for a while": _cells(
        "reservation", [None], Trigger.RELEASE
    ),
    "goods come back only of an order that took them": _cells(
        "reservation",
        set(ReservationState) - {ReservationState.COMMITTED},
        Trigger.RESTOCK,
    ),
    "a look that shows a capture, or an end, shows the link first": _cells(
        "payment", [P.CREATED], T.LINK_OVER, T.CAPTURE_SEEN, T.MISMATCH_SEEN
    ),
    "a link is learned of once, and where money was seen it is known": _cells(
        "payment", [P.ISSUED, P.CAPTURED, P.SUSPECT], T.LINK_MADE
    ),
    "a capture beside a known one is an EXTRA row": _cells(
        "payment", [P.CAPTURED, P.SUSPECT], T.CAPTURE_SEEN, T.MISMATCH_SEEN
    ),
    "Razorpay answers one key in one way, and an end is for ever": [
        ("refund", R.PROCESSED, Told.SEEN_FAILED),
        ("refund", R.PROCESSED, Told.REFUSED),
        ("refund", R.FAILED, Told.SEEN_PROCESSED),
    ],
}
# What should never be, but is met: it raises an alarm and changes nothing.
MET: dict[str, list[Key]] = {
    "a reserve that another process has made before, and whose time is over": _cells(
        "order",
        [
            Order.AWAITING_PAYMENT,
            Order.EXPIRING,
            Order.CANCELLING,
            Order.PAID,
            Order.EXPIRED,
            Order.REFUND_PENDING,
            Order.REFUNDED,
        ],
        E.RESERVE_REFUSED,
    ),
    "a commit that another process has made before, and money that is back by now": (
        _cells(
            "order",
            [Order.REFUND_PENDING, Order.REFUNDED],
            E.COMMITTED,
            E.COMMIT_REFUSED,
        )
    ),
    "a deadline of an order that has ended meanwhile": _cells(
        "order",
        [
            Order.CONFIRMED,
            Order.REJECTED,
            Order.EXPIRED,
            Order.CANCELLED,
            Order.REFUNDED,
        ],
        E.DEADLINE,
    ),
    "a link that is waited for, of an order that has gone on meanwhile": _cells(
        "order",
        [
            Order.EXPIRING,
            Order.CANCELLING,
            Order.PAID,
            Order.CONFIRMED,
            Order.EXPIRED,
            Order.CANCELLED,
            Order.REFUND_PENDING,
            Order.REFUNDED,
        ],
        E.LINK_LATE,
    ),
}
