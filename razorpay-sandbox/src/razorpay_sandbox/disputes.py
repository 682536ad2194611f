"""Disputes: raised and decided by the control API, read by the API."""

from typing import Any

from razorpay_sandbox import webhooks
from razorpay_sandbox.errors import UNKNOWN_ID, Refused
from razorpay_sandbox.ids import is_id, new_id
from razorpay_sandbox.models import Dispute, Payment
from razorpay_sandbox.unit_of_work import UnitOfWork

SIX_DAYS = 6 * 24 * 3600
DEDUCTED = ("lost",)  # the statuses in which the disputed amount is taken
# The event of each status; an open dispute sends another event at its creation.
EVENTS = {
    "open": "payment.dispute.action_required",
    "under_review": "payment.dispute.under_review",
    "won": "payment.dispute.won",
    "lost": "payment.dispute.lost",
    "closed": "payment.dispute.closed",
}
EVIDENCE = (
    *("summary", "shipping_proof", "billing_proof", "cancellation_proof"),
    *("customer_communication", "proof_of_service", "explanation_letter"),
    *("refund_confirmation", "access_activity_log", "refund_cancellation_policy"),
    *("term_and_conditions", "others", "submitted_at"),
)


def raise_dispute(
    work: UnitOfWork,
    payment: Payment,
    *,
    phase: str,
    amount: int,
    reason: str,
    payment_id: str | None = None,
) -> Dispute:
    """Raise a dispute and send its event; with `payment_id`, about another payment."""
    dispute = work.add(
        Dispute(
            id=new_id("disp"),
            payment_id=payment_id or payment.id,
            amount=amount,
            currency=payment.currency,
            reason_code=reason,
            respond_by=work.now + SIX_DAYS,
            phase=phase,
            created_at=work.now,
        )
    )
    _send(work, "payment.dispute.created", dispute)
    return dispute


def change(work: UnitOfWork, dispute: Dispute, *, phase: str, status: str) -> None:
    """Set the phase and the status of a dispute and send the status's event.

    A status without an event changes the dispute silently.
    """
    dispute.phase, dispute.status = phase, status
    dispute.amount_deducted = dispute.amount if status in DEDUCTED else 0
    if status in EVENTS:
        _send(work, EVENTS[status], dispute)


def get(work: UnitOfWork, dispute_id: str) -> Dispute:
    """Return a dispute; raise Refused if it does not exist."""
    if not is_id("disp", dispute_id):
        raise Refused(f"{dispute_id} is not a valid id")
    dispute = work.find(Dispute, id=dispute_id)
    if dispute is None:
        raise Refused(UNKNOWN_ID)
    return dispute


def entity(row: Dispute) -> dict[str, Any]:
    """Return a dispute as JSON."""
    return {
        "id": row.id,
        "entity": "dispute",
        "payment_id": row.payment_id,
        "amount": row.amount,
        "currency": row.currency,
        "amount_deducted": row.amount_deducted,
        "reason_code": row.reason_code,
        "respond_by": row.respond_by,
        "status": row.status,
        "phase": row.phase,
        "created_at": row.created_at,
        "evidence": {"amount": row.amount, **dict.fromkeys(EVIDENCE)},
    }


def _send(work: UnitOfWork, name: str, dispute: Dispute) -> None:
    payment = work.find(Payment, id=dispute.payment_id)
    webhooks.dispute_event(work, name, entity(dispute), payment)
