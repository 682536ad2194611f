"""The states of a payment, their triggers, and the status that clients see."""

from enum import StrEnum


class PaymentState(StrEnum):
    """The state of a payment."""

    CREATED = "created"  # there is no link yet
    ISSUED = "issued"  # the customer has a link
    CLOSING = "closing"  # the link is being cancelled
    CLOSED = "closed"
    CAPTURED = "captured"
    UNDER_REVIEW = "under_review"  # a capture of another amount or currency


class PaymentTrigger(StrEnum):
    """What happens to a payment."""

    REQUESTED = "requested"
    CLOSE_REQUESTED = "close_requested"
    LINK_CREATED = "link_created"
    LINK_FAILED = "link_failed"  # refused by Razorpay, or too late to create a link
    LINK_ENDED = "link_ended"  # cancelled or expired, or Razorpay has no link
    CAPTURE_SEEN = "capture_seen"
    MISMATCH_SEEN = "mismatch_seen"  # a capture of another amount or currency
    SECOND_CAPTURE_SEEN = "second_capture_seen"  # becomes an EXTRA payment
    REVIEW_ACCEPTED = "review_accepted"
    REVIEW_REJECTED = "review_rejected"
    SETTLED = "settled"
    ACK_TIMEOUT = "ack_timeout"  # no order.settled has arrived
    REFUNDS_UNEXPLAINED = "refunds_unexplained"  # Razorpay's refunds do not add up


class PaymentStatus(StrEnum):
    """The status of a payment in the API."""

    PENDING = "PENDING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    REFUNDED = "REFUNDED"


class ClosingReason(StrEnum):
    """Why a payment is closed."""

    EXPIRED = "expired"
    CANCELLED = "cancelled"
    FAILED = "failed"  # no link could be created


class RefundedShare(StrEnum):
    """How much of a capture has been refunded."""

    NOTHING = "nothing"
    PART = "part"
    ALL = "all"


CREATED, ISSUED, CLOSING, CLOSED, CAPTURED, UNDER_REVIEW = PaymentState

# The status of each state; two states need the closing reason or the refunded share.
PAYMENT_STATUS: dict[
    tuple[PaymentState, ClosingReason | RefundedShare | None], PaymentStatus
] = {
    (CREATED, None): PaymentStatus.PENDING,
    (ISSUED, None): PaymentStatus.PENDING,
    (CLOSING, None): PaymentStatus.PENDING,
    (UNDER_REVIEW, None): PaymentStatus.PENDING,
    (CLOSED, ClosingReason.EXPIRED): PaymentStatus.EXPIRED,
    (CLOSED, ClosingReason.CANCELLED): PaymentStatus.CANCELLED,
    (CLOSED, ClosingReason.FAILED): PaymentStatus.FAILED,
    (CAPTURED, RefundedShare.NOTHING): PaymentStatus.COMPLETED,
    (CAPTURED, RefundedShare.PART): PaymentStatus.PARTIALLY_REFUNDED,
    (CAPTURED, RefundedShare.ALL): PaymentStatus.REFUNDED,
}
