"""How a payment may move, and what its status is: two tables."""

from enum import StrEnum

from payment_svc.models.moves import Event, Move


class PaymentState(StrEnum):
    """Where a payment stands."""

    CREATED = "created"
    ISSUED = "issued"
    CLOSING = "closing"
    CLOSED = "closed"
    CAPTURED = "captured"
    SUSPECT = "suspect"


class PaymentTrigger(StrEnum):
    """What moves a payment."""

    REQUESTED = "requested"
    CLOSE_REQUESTED = "close_requested"
    LINK_MADE = "link_made"
    GIVEN_UP = "given_up"  # refused for good, or too late to make a link
    LINK_OVER = "link_over"  # cancelled, expired, or there is none
    CAPTURE_SEEN = "capture_seen"
    MISMATCH_SEEN = "mismatch_seen"  # captured, but not this amount or currency
    SECOND_SEEN = "second_seen"  # one more captured payment: an EXTRA row
    ACCEPTED = "accepted"  # an admin takes a suspect payment
    TURNED_BACK = "turned_back"  # an admin refunds a suspect payment
    SETTLED = "settled"
    UNHEARD = "unheard"  # no order.settled came


CREATED, ISSUED, CLOSING, CLOSED, CAPTURED, SUSPECT = PaymentState
T = PaymentTrigger
_Table = dict[tuple[PaymentState | None, PaymentTrigger], Move[PaymentState]]

# From `None` no row exists yet. A cell without a line cannot happen: it is refused.
# A line that leads to where it came from changes nothing but may answer.
PAYMENT_TRANSITIONS: _Table = {
    (None, T.REQUESTED): Move(CREATED),
    (None, T.CLOSE_REQUESTED): Move(CLOSED, Event.CLOSED),  # a tombstone
    (None, T.CAPTURE_SEEN): Move(CAPTURED, Event.CAPTURED),  # an EXTRA row
    (None, T.MISMATCH_SEEN): Move(SUSPECT),  # an EXTRA row
    #
    (CREATED, T.REQUESTED): Move(CREATED),
    (CREATED, T.CLOSE_REQUESTED): Move(CLOSING),
    (CREATED, T.LINK_MADE): Move(ISSUED, Event.LINK_READY),
    (CREATED, T.GIVEN_UP): Move(CLOSED, Event.CLOSED),
    (CREATED, T.LINK_OVER): Move(CLOSED, Event.CLOSED),
    (CREATED, T.CAPTURE_SEEN): Move(CAPTURED, Event.CAPTURED),
    (CREATED, T.MISMATCH_SEEN): Move(SUSPECT),
    #
    (ISSUED, T.REQUESTED): Move(ISSUED, Event.LINK_READY),
    (ISSUED, T.CLOSE_REQUESTED): Move(CLOSING),
    (ISSUED, T.LINK_MADE): Move(ISSUED),
    (ISSUED, T.GIVEN_UP): Move(ISSUED),
    (ISSUED, T.LINK_OVER): Move(CLOSED, Event.CLOSED),
    (ISSUED, T.CAPTURE_SEEN): Move(CAPTURED, Event.CAPTURED),
    (ISSUED, T.MISMATCH_SEEN): Move(SUSPECT),
    #
    (CLOSING, T.REQUESTED): Move(CLOSING),
    (CLOSING, T.CLOSE_REQUESTED): Move(CLOSING),
    (CLOSING, T.LINK_MADE): Move(CLOSING),  # an answer that was on its way
    (CLOSING, T.GIVEN_UP): Move(CLOSING),
    (CLOSING, T.LINK_OVER): Move(CLOSED, Event.CLOSED),
    (CLOSING, T.CAPTURE_SEEN): Move(CAPTURED, Event.CAPTURED),
    (CLOSING, T.MISMATCH_SEEN): Move(SUSPECT),
    #
    (CLOSED, T.REQUESTED): Move(CLOSED, Event.CLOSED),
    (CLOSED, T.CLOSE_REQUESTED): Move(CLOSED, Event.CLOSED),
    (CLOSED, T.LINK_MADE): Move(CLOSED),  # an orphan: it is cancelled
    (CLOSED, T.GIVEN_UP): Move(CLOSED),
    (CLOSED, T.LINK_OVER): Move(CLOSED),
    (CLOSED, T.CAPTURE_SEEN): Move(CAPTURED, Event.CAPTURED),  # late authorisation
    (CLOSED, T.MISMATCH_SEEN): Move(SUSPECT),
    #
    (CAPTURED, T.REQUESTED): Move(CAPTURED, Event.CAPTURED),
    (CAPTURED, T.CLOSE_REQUESTED): Move(CAPTURED, Event.CAPTURED),
    (CAPTURED, T.LINK_MADE): Move(CAPTURED),
    (CAPTURED, T.GIVEN_UP): Move(CAPTURED),
    (CAPTURED, T.LINK_OVER): Move(CAPTURED),
    (CAPTURED, T.CAPTURE_SEEN): Move(CAPTURED),
    (CAPTURED, T.MISMATCH_SEEN): Move(CAPTURED),
    (CAPTURED, T.SECOND_SEEN): Move(CAPTURED),
    (CAPTURED, T.SETTLED): Move(CAPTURED),
    (CAPTURED, T.UNHEARD): Move(CAPTURED, Event.CAPTURED),
    #
    (SUSPECT, T.REQUESTED): Move(SUSPECT),
    (SUSPECT, T.CLOSE_REQUESTED): Move(SUSPECT),
    (SUSPECT, T.LINK_MADE): Move(SUSPECT),
    (SUSPECT, T.GIVEN_UP): Move(SUSPECT),
    (SUSPECT, T.LINK_OVER): Move(SUSPECT),
    (SUSPECT, T.CAPTURE_SEEN): Move(SUSPECT),
    (SUSPECT, T.MISMATCH_SEEN): Move(SUSPECT),
    (SUSPECT, T.SECOND_SEEN): Move(SUSPECT),
    (SUSPECT, T.ACCEPTED): Move(CAPTURED, Event.CAPTURED),
    (SUSPECT, T.TURNED_BACK): Move(CLOSED, Event.CLOSED),
}


class PaymentStatus(StrEnum):
    """What clients know a payment by."""

    PENDING = "PENDING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    REFUNDED = "REFUNDED"


class ClosingReason(StrEnum):
    """Why no money can come any more."""

    EXPIRED = "expired"
    CANCELLED = "cancelled"
    FAILED = "failed"  # no link could be made


class Returned(StrEnum):
    """How much of a capture went back."""

    NOTHING = "nothing"
    PART = "part"
    ALL = "all"


# The status of each state, where needed by the reason of its end or by its refunds.
PAYMENT_STATUS: dict[
    tuple[PaymentState, ClosingReason | Returned | None], PaymentStatus
] = {
    (CREATED, None): PaymentStatus.PENDING,
    (ISSUED, None): PaymentStatus.PENDING,
    (CLOSING, None): PaymentStatus.PENDING,
    (SUSPECT, None): PaymentStatus.PENDING,
    (CLOSED, ClosingReason.EXPIRED): PaymentStatus.EXPIRED,
    (CLOSED, ClosingReason.CANCELLED): PaymentStatus.CANCELLED,
    (CLOSED, ClosingReason.FAILED): PaymentStatus.FAILED,
    (CAPTURED, Returned.NOTHING): PaymentStatus.COMPLETED,
    (CAPTURED, Returned.PART): PaymentStatus.PARTIALLY_REFUNDED,
    (CAPTURED, Returned.ALL): PaymentStatus.REFUNDED,
}
