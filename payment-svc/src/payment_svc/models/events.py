"""The types of the messages that payment-svc publishes to order-svc."""

from enum import StrEnum


class Event(StrEnum):
    """A message type; its schema is in docs/events.md."""

    LINK_READY = "payment.link_ready"
    CAPTURED = "payment.captured"
    CLOSED = "payment.closed"
    UNDER_REVIEW = "payment.under_review"
    REFUND_PROCESSED = "refund.processed"
    REFUND_FAILED = "refund.failed"
    DISPUTED = "payment.disputed"
