"""Runs that compare our rows with Razorpay's lists, and what they found."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    column,
)
from sqlalchemy.orm import Mapped, mapped_column

from chassis import retention
from chassis.db import AuditModel, BigInt, Id, Moment, UtcDateTime, among
from payment_svc.extensions import db

WINDOW = timedelta(days=1)  # of one list; the pages of a window are read with `skip`
SECOND = timedelta(seconds=1)  # Razorpay's moments are whole seconds
UNFINISHED_NIGHTLY = column("is_nightly") & (column("state") != "finished")


class RunState(StrEnum):
    """The state of a run."""

    PLANNED = "planned"
    RUNNING = "running"
    FINISHED = "finished"


class Listing(StrEnum):
    """Razorpay's lists, in the order in which a run reads them."""

    PAYMENTS = "payments"
    REFUNDS = "refunds"
    DISPUTES = "disputes"


class DriftKind(StrEnum):
    """How Razorpay differs from our rows."""

    CAPTURE_UNKNOWN = "capture_unknown"
    STATUS = "status"  # of an attempt to pay: authorized, or refunded uncaptured
    REFUNDED_AMOUNT = "refunded_amount"
    REFUND_UNKNOWN = "refund_unknown"
    REFUND_STATUS = "refund_status"
    DISPUTE = "dispute"  # unknown or changed
    FEE = "fee"
    NOT_LISTED = "not_listed"  # but Razorpay returns the payment by its id
    NOT_CAPTURED = "not_captured"  # the payment is captured here
    CAPTURED_AMOUNT = "captured_amount"
    REFUND_AMOUNT = "refund_amount"
    REFUND_ENDED = "refund_ended"  # in another way than here
    NOT_OURS = "not_ours"
    NOT_AT_RAZORPAY = "not_at_razorpay"
    UNREADABLE = "unreadable"
    INCOMPLETE_LIST = "incomplete_list"


K = DriftKind
# What a run does about a difference. Every other difference waits for a person.
REPAIRS = {
    K.CAPTURE_UNKNOWN: "payment polled",
    K.STATUS: "payment polled",
    K.REFUNDED_AMOUNT: "payment polled",
    K.FEE: "payment polled",
    K.REFUND_UNKNOWN: "payment polled",
    K.REFUND_STATUS: "polled",
    K.DISPUTE: "dispute fetched",
    K.NOT_LISTED: "fetched by its id",
}


class ReconciliationRun(AuditModel, db.Model):
    """A comparison with everything that Razorpay has created in a period.

    The last columns say which page is next: a run that was interrupted continues with
    this page. `detail` is the reason why the last page could not be read.
    """

    __tablename__ = "reconciliation_runs"
    __table_args__ = (
        CheckConstraint(among("state", RunState), name="state_known"),
        CheckConstraint(among("listing", Listing), name="listing_known"),
        Index(
            "uq_reconciliation_runs_nightly",
            "is_nightly",
            unique=True,
            sqlite_where=UNFINISHED_NIGHTLY,
            postgresql_where=UNFINISHED_NIGHTLY,
        ),
    )

    id: Mapped[Id]
    since: Mapped[Moment] = mapped_column(UtcDateTime)
    until: Mapped[Moment] = mapped_column(UtcDateTime)
    is_nightly: Mapped[bool] = mapped_column(default=False)
    state: Mapped[RunState] = mapped_column(String(20))
    started_at: Mapped[Moment | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[Moment | None] = mapped_column(UtcDateTime, index=True)
    pages: Mapped[int] = mapped_column(default=0)
    payments: Mapped[int] = mapped_column(default=0)
    refunds: Mapped[int] = mapped_column(default=0)
    disputes: Mapped[int] = mapped_column(default=0)
    drift: Mapped[int] = mapped_column(default=0)
    unexplained: Mapped[int] = mapped_column(default=0)
    detail: Mapped[str | None] = mapped_column(String(255))
    attempts: Mapped[int] = mapped_column(default=0)
    next_check_at: Mapped[Moment | None] = mapped_column(UtcDateTime, index=True)
    listing: Mapped[Listing] = mapped_column(String(20), default=Listing.PAYMENTS)
    window_since: Mapped[Moment] = mapped_column(UtcDateTime)
    skip: Mapped[int] = mapped_column(default=0)
    first_id: Mapped[str | None] = mapped_column(String(255))

    @property
    def window_until(self) -> datetime:
        """Return the last second of the current window."""
        return min(self.window_since + WINDOW - SECOND, self.until)

    @classmethod
    def expired(cls) -> ColumnElement[bool]:
        """Runs that finished long ago are deleted, together with their drift."""
        return cls.finished_at < retention.cutoff()


class ReconciliationDrift(AuditModel, db.Model):
    """A difference that a run found: what we have, what Razorpay has, what was done."""

    __tablename__ = "reconciliation_drift"
    __table_args__ = (UniqueConstraint("run_id", "kind", "razorpay_id"),)

    id: Mapped[Id]
    run_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("reconciliation_runs.id", ondelete="CASCADE")
    )
    kind: Mapped[DriftKind] = mapped_column(String(20))
    razorpay_id: Mapped[str] = mapped_column(String(255), index=True)
    payment_id: Mapped[int | None] = mapped_column(
        BigInt, ForeignKey("payment.auditlog_ptr_id", ondelete="SET NULL"), index=True
    )
    ours: Mapped[str] = mapped_column(String(255))
    theirs: Mapped[str] = mapped_column(String(255))
    done: Mapped[str] = mapped_column(String(80))
