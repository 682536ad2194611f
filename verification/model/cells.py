"""The cells of the services' tables, and why some of them are never used here."""

from typing import Any

from chassis.state_machine import Kind
from order_svc.models import OrderState, OrderTrigger
from payment_svc.models import PaymentState, PaymentTrigger, RefundState, RefundTrigger
from product_svc.models import ReservationState, ReservationTrigger
from verification.model.rules import TABLES, Key, Machine

CELLS: tuple[Key, ...] = tuple(
    (machine, state, trigger)
    for machine, table in TABLES.items()
    for state, trigger in table
)


def is_impossible(key: Key) -> bool:
    """Return whether the service's table marks the cell as impossible."""
    machine, state, trigger = key
    return TABLES[machine][state, trigger].kind is Kind.IMPOSSIBLE


def _cells(machine: Machine, states: Any, *triggers: Any) -> list[Key]:
    return [(machine, state, trigger) for state in states for trigger in triggers]


Order, E = OrderState, OrderTrigger
P, T = PaymentState, PaymentTrigger
R = RefundState
UNDECIDED = (
    Order.PLACED,
    Order.AWAITING_PAYMENT,
    Order.EXPIRING,
    Order.CANCELLING,
    Order.PAID,
    Order.REJECTED,
    Order.EXPIRED,
    Order.CANCELLED,
    Order.UNDER_REVIEW,
)
BEFORE_REVIEW = (
    Order.PLACED,
    Order.AWAITING_PAYMENT,
    Order.EXPIRING,
    Order.CANCELLING,
)
UNPAID = tuple(state for state in UNDECIDED if state is not Order.PAID)
# The models of refunds made at Razorpay start with none of these.
NO_CAPTURE_COMES = tuple(
    state for state in UNPAID if state not in (Order.AWAITING_PAYMENT, Order.CANCELLING)
)

# Possible cells that no model uses: the reason, and the cells.
NOT_USED: dict[str, list[Key]] = {
    "a refund starts only after the outcome of its capture is decided, unless it is "
    "made at Razorpay while the capture is on its way": [
        *_cells("order", NO_CAPTURE_COMES, E.REFUND_FAILED),
        *_cells("order", UNPAID, E.REFUND_COMPLETED),
        *_cells("order", NO_CAPTURE_COMES, E.REFUND_PROCESSED),
    ],
    "refunds that do not add up move nothing": _cells(
        "payment", P, T.REFUNDS_UNEXPLAINED
    ),
    "an admin decides only what is under review; another decision is refused": _cells(
        "payment",
        [P.CREATED, P.ISSUED, P.CLOSING, P.CLOSED, P.CAPTURED],
        T.REVIEW_ACCEPTED,
        T.REVIEW_REJECTED,
    ),
    "the request is rejected earlier, because nothing is left to refund": _cells(
        "order", [Order.REFUNDED], E.STAFF_REFUND, E.STAFF_REFUND_REST
    ),
    "an order without a capture has no rest to refund": _cells(
        "order", UNPAID, E.STAFF_REFUND_REST
    ),
    "no payment is captured while these orders are in this state": _cells(
        "order",
        [Order.EXPIRING, Order.REJECTED, Order.EXPIRED, Order.UNDER_REVIEW],
        E.DISPUTED,
    ),
    "an admin overrides only a refund that waits; another one is refused": _cells(
        "refund",
        [R.PENDING, R.PROCESSED, R.FAILED],
        RefundTrigger.DISPUTE_OVERRIDDEN,
    ),
    "no refund is refused while its payment is disputed": _cells(
        "refund", [R.SENT], RefundTrigger.DISPUTE_OPEN, RefundTrigger.DISPUTE_OVERRIDDEN
    ),
    "a paid order has reserved its stock": _cells(
        "reservation", [None], ReservationTrigger.COMMIT, ReservationTrigger.RESTOCK
    ),
    "the message has no effect any more, so the model has dropped it": [
        *_cells("order", [Order.CONFIRMED, Order.REFUNDED], E.LINK_READY),
        *_cells("order", [Order.CONFIRMED, Order.REFUNDED], E.UNDER_REVIEW),
        *_cells(
            "order",
            [Order.PAID, Order.CONFIRMED, Order.REFUND_PENDING, Order.REFUNDED],
            E.REVIEW_REJECTED,
        ),
        ("order", Order.REFUNDED, E.CLOSED),
        ("reservation", ReservationState.REFUSED, ReservationTrigger.RELEASE),
    ],
    "an order asks for the result of a review only when it knows of one": [
        *_cells("order", BEFORE_REVIEW, E.REVIEW_LATE, E.HOLD_ENDED),
        *_cells("order", [Order.CANCELLED, Order.REJECTED], E.HOLD_ENDED),
    ],
    "a prolongation moves no stock, so the model drops it at once": _cells(
        "reservation",
        [None, ReservationState.COMMITTED, ReservationState.REFUSED],
        ReservationTrigger.PROLONG,
    ),
    "an order sends a final release neither after a release nor after a commit": (
        _cells(
            "reservation",
            [ReservationState.RELEASED, ReservationState.COMMITTED],
            ReservationTrigger.RELEASE_FINAL,
        )
    ),
    "an order releases only stock that it has reserved": _cells(
        "reservation", [None], ReservationTrigger.RELEASE
    ),
    "only an order that committed its stock is restocked": _cells(
        "reservation",
        set(ReservationState) - {ReservationState.COMMITTED},
        ReservationTrigger.RESTOCK,
    ),
    "a query that shows a capture or a closed link shows the link first": _cells(
        "payment", [P.CREATED], T.LINK_ENDED, T.CAPTURE_SEEN, T.MISMATCH_SEEN
    ),
    "a link is recorded once, and always before its capture": _cells(
        "payment", [P.ISSUED, P.CAPTURED, P.UNDER_REVIEW], T.LINK_CREATED
    ),
    "a second capture has an EXTRA row of its own": _cells(
        "payment", [P.CAPTURED, P.UNDER_REVIEW], T.CAPTURE_SEEN, T.MISMATCH_SEEN
    ),
    "Razorpay answers one key in one way, and a final state never changes": [
        ("refund", R.PROCESSED, RefundTrigger.SEEN_FAILED),
        ("refund", R.PROCESSED, RefundTrigger.REFUSED),
        ("refund", R.FAILED, RefundTrigger.SEEN_PROCESSED),
    ],
}
# Impossible cells that are reached: the service raises an alert, nothing changes.
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
            Order.UNDER_REVIEW,
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
            Order.UNDER_REVIEW,
        ],
        E.LINK_LATE,
    ),
}
