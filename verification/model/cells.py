"""The cells of the services' tables, and why some of them are never used here."""

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
    """Return whether the service's table marks the cell as impossible."""
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

# Possible cells that no model uses: the reason, and the cells.
NOT_TAKEN: dict[str, list[Key]] = {
    "a refund starts only after the outcome of its capture is decided": _cells(
        "order", UNDECIDED, E.REFUND_PROCESSED, E.REFUND_COMPLETED, E.REFUND_FAILED
    ),
    "the request is rejected earlier, because nothing is left to refund": _cells(
        "order", [Order.REFUNDED], E.STAFF_REFUND, E.STAFF_REFUND_REST
    ),
    "an order without a capture has no rest to refund": _cells(
        "order", UNPAID, E.STAFF_REFUND_REST
    ),
    "a paid order has reserved its stock": _cells(
        "reservation", [None], Trigger.COMMIT, Trigger.RESTOCK
    ),
    "the message is useless by then, so the model has dropped it": [
        *_cells("order", [Order.CONFIRMED, Order.REFUNDED], E.LINK_READY),
        ("order", Order.REFUNDED, E.CLOSED),
        ("reservation", ReservationState.REFUSED, Trigger.RELEASE),
    ],
    "an order sends a final release neither after a release nor after a commit": (
        _cells(
            "reservation",
            [ReservationState.RELEASED, ReservationState.COMMITTED],
            Trigger.RELEASE_FINAL,
        )
    ),
    "an order releases only stock that it has reserved": _cells(
        "reservation", [None], Trigger.RELEASE
    ),
    "only an order that committed its stock is restocked": _cells(
        "reservation",
        set(ReservationState) - {ReservationState.COMMITTED},
        Trigger.RESTOCK,
    ),
    "a query that shows a capture or a closed link shows the link first": _cells(
        "payment", [P.CREATED], T.LINK_OVER, T.CAPTURE_SEEN, T.MISMATCH_SEEN
    ),
    "a link is recorded once, and always before its capture": _cells(
        "payment", [P.ISSUED, P.CAPTURED, P.SUSPECT], T.LINK_MADE
    ),
    "a second capture has an EXTRA row of its own": _cells(
        "payment", [P.CAPTURED, P.SUSPECT], T.CAPTURE_SEEN, T.MISMATCH_SEEN
    ),
    "Razorpay answers one key in one way, and a final state never changes": [
        ("refund", R.PROCESSED, Told.SEEN_FAILED),
        ("refund", R.PROCESSED, Told.REFUSED),
        ("refund", R.FAILED, Told.SEEN_PROCESSED),
    ],
}
# Impossible cells that are met all the same: the service raises an alert, no more.
MET: dict[str, list[Key]] = {
    "a reserve that another process made before, and that has expired": _cells(
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
    "a commit that another process made before, and money that is refunded by now": (
        _cells(
            "order",
            [Order.REFUND_PENDING, Order.REFUNDED],
            E.COMMITTED,
            E.COMMIT_REFUSED,
        )
    ),
    "a deadline of an order that has ended in the meantime": _cells(
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
    "a late link of an order that has left the state in the meantime": _cells(
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
