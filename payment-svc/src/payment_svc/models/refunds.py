"""Refunds, and how one may move: a table."""

from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from chassis import correlation
from chassis.db import AuditModel, BigInt, Id, Moment, Money, UtcDateTime, among
from payment_svc.extensions import db
from payment_svc.models.moves import Event, Move


class RefundState(StrEnum):
    """Where a refund stands."""

    REQUESTED = "requested"
    SENT = "sent"  # on its way to Razorpay, or its answer was lost
    PENDING = "pending"
    PROCESSED = "processed"
    FAILED = "failed"


class RefundTrigger(StrEnum):
    """What moves a refund."""

    ASKED = "asked"
    TOO_MUCH = "too_much"  # more than what is left of the capture
    CALLED = "called"
    NO_ANSWER = "no_answer"  # unknown, still running, or the balance is too low
    SEEN_PENDING = "seen_pending"
    SEEN_PROCESSED = "seen_processed"
    SEEN_FAILED = "seen_failed"  # by a fetch, never by a webhook alone
    REFUSED = "refused"
    UNHEARD = "unheard"  # order-svc has not named a direct refund yet
    ACKNOWLEDGED = "acknowledged"


REQUESTED, SENT, PENDING, PROCESSED, FAILED = RefundState
T = RefundTrigger
DONE, LOST = Event.REFUND_PROCESSED, Event.REFUND_FAILED
_Table = dict[tuple[RefundState | None, RefundTrigger], Move[RefundState]]

# As in the payments' table: a cell without a line cannot happen and is refused.
REFUND_TRANSITIONS: _Table = {
    (None, T.ASKED): Move(REQUESTED),
    (None, T.TOO_MUCH): Move(FAILED, LOST),  # final under its key
    #
    (REQUESTED, T.ASKED): Move(REQUESTED),
    (REQUESTED, T.CALLED): Move(SENT),
    #
    (SENT, T.ASKED): Move(SENT),
    (SENT, T.CALLED): Move(SENT),  # again, with the same key and the same body
    (SENT, T.NO_ANSWER): Move(SENT),
    (SENT, T.SEEN_PENDING): Move(PENDING),
    (SENT, T.SEEN_PROCESSED): Move(PROCESSED, DONE),
    (SENT, T.SEEN_FAILED): Move(FAILED, LOST),
    (SENT, T.REFUSED): Move(FAILED, LOST),
    #
    (PENDING, T.ASKED): Move(PENDING),
    (PENDING, T.NO_ANSWER): Move(PENDING),
    (PENDING, T.SEEN_PENDING): Move(PENDING),
    (PENDING, T.SEEN_PROCESSED): Move(PROCESSED, DONE),
    (PENDING, T.SEEN_FAILED): Move(FAILED, LOST),
    #
    (PROCESSED, T.ASKED): Move(PROCESSED, DONE),
    (PROCESSED, T.NO_ANSWER): Move(PROCESSED),
    (PROCESSED, T.SEEN_PENDING): Move(PROCESSED),
    (PROCESSED, T.SEEN_PROCESSED): Move(PROCESSED),
    (PROCESSED, T.SEEN_FAILED): Move(PROCESSED),
    (PROCESSED, T.REFUSED): Move(PROCESSED),
    (PROCESSED, T.UNHEARD): Move(PROCESSED, DONE),
    (PROCESSED, T.ACKNOWLEDGED): Move(PROCESSED),
    #
    (FAILED, T.ASKED): Move(FAILED, LOST),
    (FAILED, T.NO_ANSWER): Move(FAILED),
    (FAILED, T.SEEN_PENDING): Move(FAILED),
    (FAILED, T.SEEN_PROCESSED): Move(FAILED),
    (FAILED, T.SEEN_FAILED): Move(FAILED),
    (FAILED, T.REFUSED): Move(FAILED),
}


class RefundStatus(StrEnum):
    """What clients know a refund by."""

    PENDING = "PENDING"
    PROCESSED = "PROCESSED"
    FAILED = "FAILED"


REFUND_STATUS = {
    REQUESTED: RefundStatus.PENDING,
    SENT: RefundStatus.PENDING,
    PENDING: RefundStatus.PENDING,
    PROCESSED: RefundStatus.PROCESSED,
    FAILED: RefundStatus.FAILED,
}


class RefundReason(StrEnum):
    """Why money goes back; free text is the refund's `note`."""

    CANCELLED = "cancelled"
    REJECTED = "rejected"
    STOCK_GONE = "stock_gone"
    DUPLICATE = "duplicate"
    STAFF = "staff"
    DIRECT = "direct"  # begun here: POST /payments/{id}/refund/
    SUSPECT = (
        "suspect"  # a wrong amount that an admin sends back; order-svc is not told
    )


def refund_key(payment_id: int, reason: str, n: int) -> str:
    """Return the key under which a refund is made once."""
    return f"refund:{payment_id}:{reason}:{n}"


class Refund(AuditModel, db.Model):
    """Money of one payment on its way back.

    `idempotency_key` is stored before Razorpay is called and is its receipt as well;
    `razorpay_payment_id` is the capture that it returns.
    """

    __tablename__ = "refunds"
    __table_args__ = (
        CheckConstraint(among("state", RefundState), name="state_known"),
        CheckConstraint(among("reason", RefundReason), name="reason_known"),
        CheckConstraint("amount > 0 AND amount <> 'NaN'", name="amount_positive"),
        CheckConstraint("n > 0", name="n_positive"),
    )

    id: Mapped[Id]
    payment_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("payment.auditlog_ptr_id", ondelete="RESTRICT"), index=True
    )
    key: Mapped[str] = mapped_column(String(100), unique=True)
    idempotency_key: Mapped[str] = mapped_column(String(36), unique=True)
    razorpay_payment_id: Mapped[str | None] = mapped_column(String(255))
    razorpay_refund_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    amount: Mapped[Decimal] = mapped_column(Money(10))
    currency: Mapped[str] = mapped_column(String(3))
    reason: Mapped[RefundReason] = mapped_column(String(20))
    n: Mapped[int]
    note: Mapped[str | None] = mapped_column(String(255))
    state: Mapped[RefundState] = mapped_column(String(20))
    detail: Mapped[str | None] = mapped_column(String(255))
    attempts: Mapped[int] = mapped_column(default=0)
    next_check_at: Mapped[Moment | None] = mapped_column(UtcDateTime, index=True)
    announce_at: Mapped[Moment | None] = mapped_column(UtcDateTime, index=True)
    acknowledged_at: Mapped[Moment | None] = mapped_column(UtcDateTime)
    correlation_id: Mapped[str] = mapped_column(
        String(128), default=correlation.current
    )

    @property
    def status(self) -> RefundStatus:
        """Return what clients know the state by."""
        return REFUND_STATUS[RefundState(self.state)]


class RefundHistory(AuditModel, db.Model):
    """A trigger that met a refund: from where, to where, who and why."""

    __tablename__ = "refund_history"

    id: Mapped[Id]
    refund_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("refunds.id", ondelete="CASCADE"), index=True
    )
    from_state: Mapped[str | None] = mapped_column(String(20))
    to_state: Mapped[str] = mapped_column(String(20))
    trigger: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(255), default="")
    actor: Mapped[str] = mapped_column(String(100))
    correlation_id: Mapped[str] = mapped_column(
        String(128), default=correlation.current
    )
