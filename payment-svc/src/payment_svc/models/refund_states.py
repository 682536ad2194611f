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
    TOO_LARGE = "too_large"  # more than what is left of the capture
    SENT = "sent"  # stored before Razorpay is called
    NO_ANSWER = "no_answer"  # unknown, still running, or the balance is too low
    SEEN_PENDING = "seen_pending"
    SEEN_PROCESSED = "seen_processed"
    SEEN_FAILED = "seen_failed"  # by a fetch, never by a webhook alone
    REFUSED = "refused"
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


REQUESTED, SENT, PENDING, PROCESSED, FAILED = RefundState

REFUND_STATUS = {
    REQUESTED: RefundStatus.PENDING,
    SENT: RefundStatus.PENDING,
    PENDING: RefundStatus.PENDING,
    PROCESSED: RefundStatus.PROCESSED,
    FAILED: RefundStatus.FAILED,
}
