"""The rules of disputes: stored as Razorpay returns them, and published."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from chassis import clock, leases, logging
from payment_svc import events
from payment_svc.managers.payment_machine import PaymentMachine
from payment_svc.models import (
    Dispute,
    DisputeHistory,
    Payment,
    PaymentAttempt,
    Refund,
    RefundState,
)
from payment_svc.models.disputes import FRAUD, LOST
from payment_svc.razorpay.types import ProviderDispute

PAUSE = timedelta(hours=1)  # between two polls of an open dispute
GIVE_UP = timedelta(days=1)  # after which an id that Razorpay refuses is left alone
CHANGES = ("phase", "status", "amount", "amount_deducted", "respond_by")
COLUMNS = ("currency", "reason_code", "opened_at", *CHANGES)
NOT_OURS = "no payment of ours is disputed"
TOO_LARGE = "larger than the payment"


class DisputeManager:
    """The operations on disputes; the manager never commits."""

    def __init__(self, machine: PaymentMachine) -> None:
        self.machine = machine
        self.session = machine.session

    def get(self, dispute_id: int) -> Dispute:
        """Return a dispute as the database has it now."""
        return self.session.get_one(Dispute, dispute_id, populate_existing=True)

    def list(self, payment_id: int) -> Sequence[Dispute]:
        """Return a payment's fetched disputes, newest first."""
        rows = select(Dispute).filter_by(payment_id=payment_id)
        return self.session.scalars(rows.order_by(Dispute.id.desc())).all()

    def store(
        self, razorpay_dispute_id: str, razorpay_payment_id: str | None = None
    ) -> int:
        """Store a dispute's id, make its fetch due, and return the row's id.

        The payment that a webhook names gets no refund until the dispute was fetched.
        """
        stored = select(Dispute.id).filter_by(razorpay_dispute_id=razorpay_dispute_id)
        row_id = self.session.scalar(stored)
        if row_id is not None:
            leases.make_due(Dispute, row_id)
            return row_id
        dispute = Dispute(
            razorpay_dispute_id=razorpay_dispute_id,
            razorpay_payment_id=razorpay_payment_id,
        )
        try:
            with self.session.begin_nested():
                self.session.add(dispute)
        except IntegrityError:  # another process has stored it meanwhile
            row_id = self.session.scalars(stored).one()
            leases.make_due(Dispute, row_id)
            return row_id
        return dispute.id

    def reconcile(self, dispute_id: int, seen: ProviderDispute) -> Dispute:
        """Store what Razorpay returned; record, report and publish a change.

        The payment is locked first, so that no refund of it begins meanwhile.
        """
        payment = self._lock_payment(seen.payment_id)
        dispute = self._lock(dispute_id)
        before = [getattr(dispute, name) for name in (*CHANGES, "payment_id")]
        self._store(dispute, payment, seen)
        self._plan(dispute)
        if before != [getattr(dispute, name) for name in (*CHANGES, "payment_id")]:
            dispute.version += 1
            self._record(dispute)
            self._publish(dispute, payment)
        self.session.flush()
        return dispute

    def record_refusal(self, dispute_id: int, description: str) -> None:
        """Record that Razorpay refuses to return a dispute; retry it for a day."""
        dispute = self._lock(dispute_id)
        if dispute.problem is None:
            logging.get().error(
                "dispute refused",
                alert=True,
                dispute=dispute.razorpay_dispute_id,
                why=description,
            )
        dispute.problem = f"Razorpay: {description}"[:255]
        is_old = clock.now() - dispute.created_at > GIVE_UP
        dispute.next_check_at = None if is_old else clock.now() + PAUSE
        self._wake_refunds(dispute)

    def publish_again(self, dispute: Dispute) -> None:
        """Publish a fetched dispute once more; staff request it in the panel."""
        if dispute.payment_id is not None and dispute.status is not None:
            payment = self.machine.get(dispute.payment_id)
            self.session.add(events.disputed(payment, dispute))

    def _lock(self, dispute_id: int) -> Dispute:
        return self.session.get_one(
            Dispute, dispute_id, with_for_update=True, populate_existing=True
        )

    def _lock_payment(self, razorpay_payment_id: str) -> Payment | None:
        """Return the disputed payment, locked; an admin may have rejected it before."""
        own = select(Payment.id).filter_by(razorpay_payment_id=razorpay_payment_id)
        tried = select(PaymentAttempt.payment_id).filter_by(
            razorpay_payment_id=razorpay_payment_id
        )
        payment_id = self.session.scalar(own) or self.session.scalar(tried)
        return None if payment_id is None else self.machine.lock(payment_id)

    def _store(
        self, dispute: Dispute, payment: Payment | None, seen: ProviderDispute
    ) -> None:
        for name in COLUMNS:
            setattr(dispute, name, getattr(seen, name))
        dispute.razorpay_payment_id = seen.payment_id
        dispute.payment_id = payment.id if payment else None
        dispute.problem = _problem(payment, seen)

    def _plan(self, dispute: Dispute) -> None:
        """Poll an open dispute again; a dispute that became due stays due."""
        now, due = clock.now(), dispute.next_check_at
        dispute.attempts = 0
        if due is None or due > now:
            dispute.next_check_at = now + PAUSE if dispute.is_open else None
        if not dispute.is_open or dispute.phase == FRAUD:
            self._wake_refunds(dispute)

    def _wake_refunds(self, dispute: Dispute) -> None:
        waiting = select(Refund.id).where(
            Refund.razorpay_payment_id == dispute.razorpay_payment_id,
            Refund.state.in_((RefundState.REQUESTED, RefundState.SENT)),
        )
        for refund_id in self.session.scalars(waiting).all():
            leases.make_due(Refund, refund_id)

    def _record(self, dispute: Dispute) -> None:
        changed = {name: getattr(dispute, name) for name in CHANGES}
        history = DisputeHistory(
            dispute_id=dispute.id, actor=self.machine.actor, **changed
        )
        self.session.add(history)
        _report(dispute)

    def _publish(self, dispute: Dispute, payment: Payment | None) -> None:
        if payment is not None:
            self.session.add(events.disputed(payment, dispute))


def _problem(payment: Payment | None, seen: ProviderDispute) -> str | None:
    if payment is None:
        return NOT_OURS
    captured, currency = payment.captured_amount, payment.captured_currency
    is_larger = captured is not None and seen.amount > captured
    return TOO_LARGE if is_larger and seen.currency == currency else None


def _report(dispute: Dispute) -> None:
    """Log a change; only the end of a known dispute without a loss is no alert."""
    is_loss = dispute.status == LOST or bool(dispute.amount_deducted)
    is_new = dispute.version == 1
    needs_staff = is_new or is_loss or dispute.is_open or bool(dispute.problem)
    log = logging.get()
    (log.error if needs_staff else log.info)(
        "payment disputed",
        alert=needs_staff,
        dispute=dispute.razorpay_dispute_id,
        payment_id=dispute.payment_id,
        razorpay_payment_id=dispute.razorpay_payment_id,
        phase=dispute.phase,
        status=dispute.status,
        amount=str(dispute.amount),
        respond_by=str(dispute.respond_by),
        problem=dispute.problem,
    )
