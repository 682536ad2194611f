"""The states of a refund, their triggers, and the status that clients see."""

from enum import StrEnum


class RefundState(StrEnum):
    """The state of a refund."""

    REQUESTED = "requested"
    SENT = "sent"  # a call to Razorpay has begun; its answer may be lost
    PENDING = "pending"
    PROCESSED = "processed"
    FAILED = "failed"


class RefundTrigger(StrEnum):
    """What happens to a refund."""

    REQUESTED = "requested"
    TOO_LARGE = "too_large"  # more than what is left of the capture, before a call
    SENT = "sent"  # stored before Razorpay is called
    NO_ANSWER = "no_answer"  # unknown, or a status that is not documented
    SEEN_PENDING = "seen_pending"
    SEEN_PROCESSED = "seen_processed"
    SEEN_FAILED = "seen_failed"  # by a fetch, never by a webhook alone
    REFUSED = "refused"  # by Razorpay, and a query shows that less is left
    REDUCED = "reduced"  # to what is left: money was refunded elsewhere
    FOUND_PENDING = "found_pending"  # made at Razorpay, not by this service
    FOUND_PROCESSED = "found_processed"
    ACK_TIMEOUT = "ack_timeout"  # order-svc has not acknowledged a direct refund
    ACKNOWLEDGED = "acknowledged"
    DISPUTE_OPEN = "dispute_open"  # the payment is disputed: the refund is not sent
    DISPUTE_OVERRIDDEN = "dispute_overridden"  # by an admin: the refund is sent


class RefundEffect(StrEnum):
    """What a transition of a refund changes besides the refund."""

    ADD_TO_REFUNDED = "add to the payment's refunded amount"


class RefundStatus(StrEnum):
    """The status of a refund in the API."""

    PENDING = "PENDING"
    PROCESSED = "PROCESSED"
    FAILED = "FAILED"


class RefundReason(StrEnum):
    """Why money is refunded; free text is the refund's `note`."""

    CANCELLED = "cancelled"
    REJECTED = "rejected"
    STOCK_GONE = "stock_gone"
    DUPLICATE = "duplicate"
    STAFF = "staff"
    DIRECT = "direct"  # requested at this service: POST /payments/{id}/refund/
    REVIEW_REJECTED = "suspect"  # by an admin; not published to order-svc
    PROVIDER = "provider"  # made at Razorpay: dashboard, batch file, automatic


# Refunds that the saga requests; no person has decided them.
BY_SAGA = (
    RefundReason.CANCELLED,
    RefundReason.REJECTED,
    RefundReason.STOCK_GONE,
    RefundReason.DUPLICATE,
)
# These return all that is left of the capture, even if that is less than requested.
AUTOMATIC = (*BY_SAGA, RefundReason.REVIEW_REJECTED)

REQUESTED, SENT, PENDING, PROCESSED, FAILED = RefundState

REFUND_STATUS = {
    REQUESTED: RefundStatus.PENDING,
    SENT: RefundStatus.PENDING,
    PENDING: RefundStatus.PENDING,
    PROCESSED: RefundStatus.PROCESSED,
    FAILED: RefundStatus.FAILED,
}
