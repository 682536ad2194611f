"""The mutations: each is one rule left out or changed.

Some mutations replace cells of a service's table (EDITS). The others are checked by
name in the part of a model that would follow the rule.
"""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum, auto
from typing import Any

from order_svc.models import TRANSITIONS as ORDERS
from order_svc.models import Cell, Effect, OrderEvent, OrderState
from order_svc.models.transitions import ack, move
from payment_svc.models import Event, Move, PaymentState, PaymentTrigger
from payment_svc.models import RefundState as Refund
from payment_svc.models import RefundTrigger as Told
from product_svc.models import ReservationState, Trigger
from product_svc.models.reservations import Answer
from product_svc.models.reservations import Move as StockMove

Order, E = OrderState, OrderEvent
R, S = ReservationState, Trigger
P, T = PaymentState, PaymentTrigger


class Broken(StrEnum):
    """The mutations; a search applies at most one."""

    # Stock
    NO_TOMBSTONE = auto()
    REFUSED_RESERVE_NOT_FINAL = auto()
    NO_FINAL_TOMBSTONE = auto()
    COMMIT_NO_RECHECK = auto()
    RELEASE_NOT_OWED = auto()
    # Captures and links
    NO_CANCEL_TOMBSTONE = auto()
    IGNORE_LATE_CAPTURE = auto()
    FORWARD_ONLY_CLOSED = auto()
    NO_REFERENCE_ID = auto()
    NO_ORPHAN_LOOKUP = auto()
    RESOLVED_EVIDENCE_COUNTS = auto()
    LAST_WRITER_WINS = auto()
    RELEASE_BEFORE_CLOSE = auto()
    # Lost messages, and who sends them again
    MARK_BEFORE_EFFECT = auto()
    LOSS_NO_RECONCILER = auto()
    NO_LINK_REREQUEST = auto()
    LINK_REQUEST_NOT_ANSWERED = auto()
    NO_CLOSE_REEMIT = auto()
    CLOSE_NOT_ANSWERED = auto()
    REFUND_NOT_ANSWERED = auto()
    NO_REANNOUNCE = auto()
    NO_SETTLED = auto()
    SETTLED_ONCE = auto()
    SETTLED_ONLY_WHEN_ASKED = auto()
    # A second payment
    EXTRA_SAME_ROW = auto()
    EXTRA_IGNORED = auto()
    EXTRA_IGNORED_IN_REFUND_PENDING = auto()
    EXTRA_IGNORED_IN_REFUNDED = auto()
    PAID_SETTLES = auto()
    EXTRA_REFUND_ENDS_ORDER = auto()
    DIRECT_ONLY_WHEN_KEPT = auto()
    PLACED_STAYS = auto()
    # Refunds
    REFUND_NEW_KEY = auto()
    REFUNDED_FROM_ANY_STATE = auto()
    DIRECT_BEFORE_SETTLED = auto()
    ANY_REFUND_ENDS = auto()
    RECORD_NOT_UNIQUE = auto()
    REFUSED_SILENTLY = auto()
    REFUSED_REFUND_NOT_FINAL = auto()
    SUM_OF_PROCESSED = auto()
    SUM_COUNTS_FAILED = auto()
    RETRY_SAME_N = auto()
    REST_OF_ANSWERED = auto()
    FAILED_UNCONFIRMED = auto()
    STAFF_SETTLES = auto()
    NO_REFUND_REEMIT = auto()
    REFUND_REEMIT_ONLY_PENDING = auto()
    DIRECT_NOT_REPEATED = auto()
    DIRECT_NOT_ACKNOWLEDGED = auto()
    DIRECT_ACK_BY_ANY_SETTLED = auto()
    # Returned goods
    RESTOCK_NOT_OWED = auto()
    RETURN_ID_NOT_UNIQUE = auto()
    RESTOCK_UNCHECKED = auto()
    RESTOCK_UNDEFINED = auto()
    # Messages that wait for triage
    QUARANTINE_LEAVES_MARK = auto()
    COPY_LEAVES_MARK = auto()
    PARKED_FOR_EACH_COPY = auto()
    QUARANTINE_WITHOUT_ROW = auto()
    RETRY_WITHOUT_MARK = auto()
    FAILED_RETRY_IS_DONE = auto()
    REDRIVE_DELETES_FIRST = auto()


# Another rule protects the invariants, so useless messages may be dropped as usual.
SAFE = frozenset(
    {
        Broken.LAST_WRITER_WINS,
        Broken.RELEASE_BEFORE_CLOSE,
        Broken.SETTLED_ONLY_WHEN_ASKED,
        Broken.REFUNDED_FROM_ANY_STATE,
        Broken.RETRY_WITHOUT_MARK,
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
        Broken.RELEASE_NOT_OWED,
        Broken.NO_REFERENCE_ID,
        Broken.RESTOCK_NOT_OWED,
        Broken.RETURN_ID_NOT_UNIQUE,
        Broken.RESTOCK_UNCHECKED,
        Broken.RESTOCK_UNDEFINED,
    }
)


def _without(state: OrderState, event: OrderEvent, *effects: Effect) -> Cell:
    cell = ORDERS[state, event]
    left = tuple(effect for effect in cell.effects if effect not in effects)
    return replace(cell, effects=left)


NOTHING = ack("left out")
SETTLE, RELEASE = Effect.SETTLE, Effect.RELEASE
DECIDED = (Order.CONFIRMED, Order.REFUND_PENDING, Order.REFUNDED)
OVER = (R.RELEASED, R.EXPIRED)

EDITS: Mapping[Broken | None, dict[tuple[str, Any, Any], Any]] = {
    Broken.NO_TOMBSTONE: {
        ("reservation", None, S.RELEASE): Answer.SAME,
        ("reservation", None, S.RELEASE_FINAL): Answer.SAME,
    },
    Broken.REFUSED_RESERVE_NOT_FINAL: {("reservation", None, S.REFUSE): Answer.SAME},
    Broken.NO_FINAL_TOMBSTONE: {
        ("reservation", None, S.RELEASE_FINAL): StockMove(R.RELEASED),
        ("reservation", R.HELD, S.RELEASE_FINAL): StockMove(R.RELEASED, reserved=-1),
        **{("reservation", state, S.RELEASE_FINAL): Answer.SAME for state in OVER},
        **{("reservation", state, S.REFUSE): Answer.LOST for state in OVER},
    },
    Broken.NO_CANCEL_TOMBSTONE: {
        ("payment", None, T.CLOSE_REQUESTED): Move(None, Event.CLOSED)
    },
    Broken.IGNORE_LATE_CAPTURE: {("order", Order.EXPIRED, E.CAPTURED): NOTHING},
    Broken.FORWARD_ONLY_CLOSED: {("payment", P.CLOSED, T.CAPTURE_SEEN): Move(P.CLOSED)},
    Broken.LAST_WRITER_WINS: {
        ("order", Order.PAID, E.CLOSED): move(
            Order.EXPIRED, Effect.CLOSE_PAYMENT, RELEASE
        )
    },
    Broken.RELEASE_BEFORE_CLOSE: {
        ("order", Order.AWAITING_PAYMENT, E.DEADLINE): move(
            Order.EXPIRED, Effect.REQUEST_CLOSE, RELEASE
        )
    },
    Broken.NO_LINK_REREQUEST: {("order", Order.AWAITING_PAYMENT, E.LINK_LATE): NOTHING},
    Broken.LINK_REQUEST_NOT_ANSWERED: {
        ("payment", state, T.REQUESTED): Move(state)
        for state in (P.ISSUED, P.CAPTURED, P.CLOSED)
    },
    Broken.NO_CLOSE_REEMIT: {
        ("order", state, E.DEADLINE): NOTHING
        for state in (Order.EXPIRING, Order.CANCELLING)
    },
    Broken.CLOSE_NOT_ANSWERED: {
        ("payment", state, T.CLOSE_REQUESTED): Move(state)
        for state in (P.CLOSED, P.CAPTURED)
    },
    Broken.REFUND_NOT_ANSWERED: {
        ("refund", state, Told.ASKED): Move(state)
        for state in (Refund.PROCESSED, Refund.FAILED)
    },
    Broken.NO_REANNOUNCE: {("payment", P.CAPTURED, T.UNHEARD): Move(P.CAPTURED)},
    Broken.SETTLED_ONCE: {("order", state, E.CAPTURED): NOTHING for state in DECIDED},
    Broken.SETTLED_ONLY_WHEN_ASKED: {
        ("order", Order.PAID, E.COMMITTED): _without(Order.PAID, E.COMMITTED, SETTLE)
    },
    Broken.EXTRA_IGNORED: {
        ("order", Order.CONFIRMED, E.EXTRA_CAPTURED): move(None, SETTLE)
    },
    Broken.EXTRA_IGNORED_IN_REFUND_PENDING: {
        ("order", Order.REFUND_PENDING, E.EXTRA_CAPTURED): move(None, SETTLE)
    },
    Broken.EXTRA_IGNORED_IN_REFUNDED: {
        ("order", Order.REFUNDED, E.EXTRA_CAPTURED): move(None, SETTLE)
    },
    Broken.PAID_SETTLES: {("order", Order.PAID, E.EXTRA_CAPTURED): move(None, SETTLE)},
    Broken.PLACED_STAYS: {
        ("order", Order.PLACED, E.CAPTURED): replace(
            ORDERS[Order.PLACED, E.CAPTURED], to=None
        )
    },
    Broken.REFUNDED_FROM_ANY_STATE: {
        ("order", state, E.REFUND_COMPLETED): move(Order.REFUNDED, Effect.RECORD_REFUND)
        for state in OrderState
    },
    Broken.REFUSED_SILENTLY: {("refund", None, Told.TOO_MUCH): Move(None)},
    Broken.DIRECT_NOT_REPEATED: {
        ("refund", Refund.PROCESSED, Told.UNHEARD): Move(Refund.PROCESSED)
    },
}
