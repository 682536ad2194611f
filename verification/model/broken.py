"""The mutations: each is one rule left out or changed.

Some mutations replace cells of a service's table (EDITS). The others are checked by
name in the part of a model that would follow the rule.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import StrEnum, auto
from typing import Any

from chassis.state_machine import STAY, Transition, acknowledge, move
from order_svc.models import DECIDED, TRANSITIONS, Effect, OrderState, OrderTrigger
from order_svc.models import Event as OrderEvent
from payment_svc.models import Event, PaymentState, PaymentTrigger, RefundTrigger
from payment_svc.models import RefundState as Refund
from product_svc.models import STOCK_GONE, ReservationState, ReservationTrigger
from product_svc.models import Effect as StockEffect

Cells = dict[tuple[Any, Any, Any], Transition]  # by machine, state and trigger
Order, E = OrderState, OrderTrigger
R, S = ReservationState, ReservationTrigger
P, T = PaymentState, PaymentTrigger
SETTLED = OrderEvent.ORDER_SETTLED


class Broken(StrEnum):
    """The mutations; a search applies at most one."""

    # Stock
    NO_TOMBSTONE = auto()
    REFUSED_RESERVE_NOT_FINAL = auto()
    NO_FINAL_TOMBSTONE = auto()
    COMMIT_NO_RECHECK = auto()
    RELEASE_NOT_STORED = auto()
    # Captures and links
    NO_CLOSE_TOMBSTONE = auto()
    IGNORE_LATE_CAPTURE = auto()
    CLOSED_IS_FINAL = auto()
    NO_REFERENCE_ID = auto()
    CLOSED_NOT_RECONCILED = auto()
    REJECTED_CAPTURE_COUNTS = auto()
    LATE_CLOSE_WINS = auto()
    RELEASE_BEFORE_CLOSE = auto()
    # A payment under review
    REVIEW_NOT_PUBLISHED = auto()
    REVIEW_NOT_ANSWERED = auto()
    REVIEW_NOT_ASKED_AGAIN = auto()
    REVIEW_REJECTION_IGNORED = auto()
    HOLD_NEVER_ENDS = auto()
    PROLONG_TAKES_AGAIN = auto()
    # Lost messages, and who sends them again
    INBOX_ROW_BEFORE_EFFECT = auto()
    NO_RETRIES = auto()
    LINK_NOT_REQUESTED_AGAIN = auto()
    LINK_REQUEST_NOT_ANSWERED = auto()
    CLOSE_NOT_REQUESTED_AGAIN = auto()
    CLOSE_NOT_ANSWERED = auto()
    REFUND_NOT_ANSWERED = auto()
    CAPTURE_NOT_REPUBLISHED = auto()
    NO_SETTLED = auto()
    SETTLED_ONCE = auto()
    SETTLED_ONLY_AGAIN = auto()
    # A second payment
    EXTRA_SAME_ROW = auto()
    EXTRA_IGNORED = auto()
    EXTRA_IGNORED_IN_REFUND_PENDING = auto()
    EXTRA_IGNORED_IN_REFUNDED = auto()
    SETTLED_BEFORE_COMMIT = auto()
    EXTRA_REFUND_ENDS_ORDER = auto()
    DIRECT_ONLY_WHEN_KEPT = auto()
    PLACED_STAYS = auto()
    # Refunds
    REFUND_NEW_KEY = auto()
    REFUNDED_FROM_ANY_STATE = auto()
    DIRECT_BEFORE_SETTLED = auto()
    ANY_REFUND_ENDS_ORDER = auto()
    RECORD_NOT_UNIQUE = auto()
    REFUSED_SILENTLY = auto()
    REFUSED_REFUND_NOT_FINAL = auto()
    SUM_OF_PROCESSED = auto()
    SUM_COUNTS_FAILED = auto()
    RETRY_SAME_NUMBER = auto()
    REST_IGNORES_REQUESTED = auto()
    FAILED_UNCONFIRMED = auto()
    STAFF_REFUND_CHANGES_OUTCOME = auto()
    REFUND_NOT_REQUESTED_AGAIN = auto()
    REFUND_REQUESTED_AGAIN_ONLY_PENDING = auto()
    DIRECT_NOT_REPUBLISHED = auto()
    DIRECT_NOT_ACKNOWLEDGED = auto()
    DIRECT_ACK_BY_ANY_SETTLED = auto()
    # The limit of refunds by staff
    LIMIT_AT_ORDER_SVC_ALONE = auto()
    LIMIT_OF_EACH_PAYMENT = auto()
    LIMIT_COUNTS_PROCESSED = auto()
    # Refunds made at Razorpay
    ELSEWHERE_NOT_FOUND = auto()
    ELSEWHERE_NOT_SUBTRACTED = auto()
    ELSEWHERE_PUBLISHED_ONCE = auto()
    ELSEWHERE_COUNTS_PENDING = auto()
    REST_NOT_REDUCED = auto()
    REFUND_DURING_DISPUTE = auto()
    # Returned goods
    RESTOCK_NOT_STORED = auto()
    RETURN_ID_NOT_UNIQUE = auto()
    RESTOCK_UNCHECKED = auto()
    RESTOCK_NOT_REFUSED = auto()
    # Messages that wait for triage
    REFUSED_LEAVES_INBOX_ROW = auto()
    COPY_LEAVES_INBOX_ROW = auto()
    PARKED_FOR_EACH_COPY = auto()
    REFUSED_NOT_PARKED = auto()
    RETRY_WITHOUT_INBOX_ROW = auto()
    FAILED_RETRY_IS_DONE = auto()
    REDRIVE_DELETES_FIRST = auto()


# Another rule protects the invariants, so useless messages may be dropped as usual.
SAFE = frozenset(
    {
        Broken.LATE_CLOSE_WINS,
        Broken.RELEASE_BEFORE_CLOSE,
        Broken.SETTLED_ONLY_AGAIN,
        Broken.REFUNDED_FROM_ANY_STATE,
        Broken.RETRY_WITHOUT_INBOX_ROW,
        Broken.REDRIVE_DELETES_FIRST,
    }
)
# These change how requests to product-svc and Razorpay are handled, but no message.
OF_REQUESTS = frozenset(
    {
        Broken.NO_TOMBSTONE,
        Broken.REFUSED_RESERVE_NOT_FINAL,
        Broken.NO_FINAL_TOMBSTONE,
        Broken.COMMIT_NO_RECHECK,
        Broken.RELEASE_NOT_STORED,
        Broken.NO_REFERENCE_ID,
        Broken.PROLONG_TAKES_AGAIN,
        Broken.RESTOCK_NOT_STORED,
        Broken.RETURN_ID_NOT_UNIQUE,
        Broken.RESTOCK_UNCHECKED,
        Broken.RESTOCK_NOT_REFUSED,
        Broken.REFUND_DURING_DISPUTE,
    }
)


NOTHING = acknowledge("left out")
UNPAID_PAYMENT = (P.CREATED, P.ISSUED, P.CLOSING, P.CLOSED)
OVER = (R.RELEASED, R.EXPIRED)
ONLY_SETTLED = move(STAY, publishes=SETTLED)


def _every(
    machine: str,
    states: Iterable[StrEnum],
    trigger: StrEnum,
    transition: Transition = NOTHING,
) -> Cells:
    """Replace a trigger's transitions in these states."""
    return {(machine, state, trigger): transition for state in states}


def _unsettled() -> Cells:
    """Publish no outcome with the transition that decides it."""
    return {
        ("order", state, trigger): replace(transition, publishes=None)
        for (state, trigger), transition in TRANSITIONS.items()
        if transition.to is not None and transition.publishes is SETTLED
    }


EDITS: Mapping[Broken | None, Cells] = {
    Broken.NO_TOMBSTONE: {
        ("reservation", None, S.RELEASE): NOTHING,
        ("reservation", None, S.RELEASE_FINAL): NOTHING,
    },
    Broken.REFUSED_RESERVE_NOT_FINAL: {("reservation", None, S.REFUSE): NOTHING},
    Broken.NO_FINAL_TOMBSTONE: {
        ("reservation", None, S.RELEASE_FINAL): move(R.RELEASED),
        ("reservation", R.HELD, S.RELEASE_FINAL): move(R.RELEASED, StockEffect.RELEASE),
        **_every("reservation", OVER, S.RELEASE_FINAL),
        **_every("reservation", OVER, S.REFUSE, STOCK_GONE),
    },
    Broken.NO_CLOSE_TOMBSTONE: {
        ("payment", None, T.CLOSE_REQUESTED): acknowledge("left out", Event.CLOSED)
    },
    Broken.IGNORE_LATE_CAPTURE: {("order", Order.EXPIRED, E.CAPTURED): NOTHING},
    Broken.CLOSED_IS_FINAL: {("payment", P.CLOSED, T.CAPTURE_SEEN): NOTHING},
    Broken.LATE_CLOSE_WINS: {
        ("order", Order.PAID, E.CLOSED): move(
            Order.EXPIRED, Effect.CLOSE_PAYMENT, Effect.RELEASE
        )
    },
    Broken.RELEASE_BEFORE_CLOSE: {
        ("order", Order.AWAITING_PAYMENT, E.DEADLINE): move(
            Order.EXPIRED, Effect.RELEASE, publishes=OrderEvent.PAYMENT_CLOSE_REQUESTED
        )
    },
    Broken.REVIEW_NOT_PUBLISHED: {
        **_every("payment", UNPAID_PAYMENT, T.MISMATCH_SEEN, move(P.UNDER_REVIEW)),
        **_every("payment", (P.UNDER_REVIEW,), T.REQUESTED),
        **_every("payment", (P.UNDER_REVIEW,), T.CLOSE_REQUESTED),
    },
    Broken.REVIEW_NOT_ANSWERED: {
        **_every("payment", (P.UNDER_REVIEW,), T.REQUESTED),
        **_every("payment", (P.UNDER_REVIEW,), T.CLOSE_REQUESTED),
    },
    Broken.REVIEW_NOT_ASKED_AGAIN: {
        ("order", Order.UNDER_REVIEW, E.REVIEW_LATE): NOTHING,
        ("order", Order.UNDER_REVIEW, E.HOLD_ENDED): move(STAY, Effect.RELEASE),
    },
    Broken.REVIEW_REJECTION_IGNORED: {
        ("order", Order.UNDER_REVIEW, E.REVIEW_REJECTED): NOTHING
    },
    Broken.HOLD_NEVER_ENDS: {("order", Order.UNDER_REVIEW, E.HOLD_ENDED): NOTHING},
    Broken.PROLONG_TAKES_AGAIN: _every("reservation", OVER, S.PROLONG, move(R.HELD)),
    Broken.LINK_NOT_REQUESTED_AGAIN: {
        ("order", Order.AWAITING_PAYMENT, E.LINK_LATE): NOTHING
    },
    Broken.LINK_REQUEST_NOT_ANSWERED: _every(
        "payment", (P.ISSUED, P.CAPTURED, P.CLOSED), T.REQUESTED
    ),
    Broken.CLOSE_NOT_REQUESTED_AGAIN: _every(
        "order", (Order.EXPIRING, Order.CANCELLING), E.DEADLINE
    ),
    Broken.CLOSE_NOT_ANSWERED: _every(
        "payment", (P.CLOSED, P.CAPTURED), T.CLOSE_REQUESTED
    ),
    Broken.REFUND_NOT_ANSWERED: _every(
        "refund", (Refund.PROCESSED, Refund.FAILED), RefundTrigger.REQUESTED
    ),
    Broken.CAPTURE_NOT_REPUBLISHED: {("payment", P.CAPTURED, T.ACK_TIMEOUT): NOTHING},
    Broken.SETTLED_ONCE: _every("order", DECIDED, E.CAPTURED),
    Broken.SETTLED_ONLY_AGAIN: _unsettled(),
    Broken.EXTRA_IGNORED: {("order", Order.CONFIRMED, E.EXTRA_CAPTURED): ONLY_SETTLED},
    Broken.EXTRA_IGNORED_IN_REFUND_PENDING: {
        ("order", Order.REFUND_PENDING, E.EXTRA_CAPTURED): ONLY_SETTLED
    },
    Broken.EXTRA_IGNORED_IN_REFUNDED: {
        ("order", Order.REFUNDED, E.EXTRA_CAPTURED): ONLY_SETTLED
    },
    Broken.SETTLED_BEFORE_COMMIT: {
        ("order", Order.PAID, E.EXTRA_CAPTURED): ONLY_SETTLED
    },
    Broken.PLACED_STAYS: {
        ("order", Order.PLACED, E.CAPTURED): replace(
            TRANSITIONS[Order.PLACED, E.CAPTURED], to=STAY
        )
    },
    Broken.REFUNDED_FROM_ANY_STATE: _every(
        "order",
        Order,
        E.REFUND_COMPLETED,
        move(Order.REFUNDED, Effect.RECORD_REFUND),
    ),
    Broken.REFUSED_SILENTLY: {("refund", None, RefundTrigger.TOO_LARGE): NOTHING},
    Broken.DIRECT_NOT_REPUBLISHED: {
        ("refund", Refund.PROCESSED, RefundTrigger.ACK_TIMEOUT): NOTHING
    },
}
