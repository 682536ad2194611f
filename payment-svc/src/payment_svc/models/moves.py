"""What a cell of a transition table says."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

State = TypeVar("State", bound=StrEnum)


class Event(StrEnum):
    """What is said to order-svc."""

    LINK_READY = "payment.link_ready"
    CAPTURED = "payment.captured"
    CLOSED = "payment.closed"
    REFUND_PROCESSED = "refund.processed"
    REFUND_FAILED = "refund.failed"


@dataclass(frozen=True)
class Move(Generic[State]):
    """Where a trigger leads, and what is said then."""

    to: State
    says: Event | None = None
