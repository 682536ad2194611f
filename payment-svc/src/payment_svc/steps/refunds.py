"""Refunds on their way: the key is stored before the call, and every retry uses it."""

from chassis import correlation, logging
from chassis.failpoints import failpoint
from chassis.outcomes import Done, Refused, Unknown
from payment_svc.extensions import db
from payment_svc.managers.refund_moves import REFUNDS
from payment_svc.models import (
    ProviderRefund,
    Refund,
    RefundState,
    RefundTrigger,
)
from payment_svc.steps.context import provider, refunds
from payment_svc.steps.due import later

BUSY = ("balance", "operation is in progress")  # try again, with the same key
DONE_BEFORE = ("fully refunded", "duplicate receipt", "greater than amount captured")


def move_refund(refund_id: int) -> None:
    """Do what a due refund needs: send it, or ask what became of it."""
    refund, was_sent = _call(refund_id)
    if refund.state == RefundState.PENDING:
        _ask(refund)
    elif refund.state == RefundState.SENT and not (was_sent and _adopt(refund)):
        _send(refund)


def _call(refund_id: int) -> tuple[Refund, bool]:
    """Note that the call begins; return the refund and whether one began before."""
    manager = refunds()
    refund, payment = manager.lock(refund_id)
    correlation.use(payment.correlation_id)
    was_sent = refund.state == RefundState.SENT
    if refund.state in (RefundState.REQUESTED, RefundState.SENT):
        manager.become(refund, payment, RefundTrigger.CALLED)
    db.session.flush()
    db.session.refresh(refund)
    db.session.expunge(refund)
    db.session.commit()
    failpoint("refund.begun")
    return refund, was_sent


def _send(refund: Refund) -> None:
    failpoint("refund.before_post")
    answer = provider().refund(
        str(refund.razorpay_payment_id),
        refund.amount,
        refund.idempotency_key,
        {"refund": refund.key},
    )
    failpoint("refund.after_post")
    if isinstance(answer, Done):
        _learn(refund, answer.value)
    elif isinstance(answer, Unknown):
        later(REFUNDS, refund.id, answer)
    else:
        _refused(refund, answer)


def _refused(refund: Refund, refusal: Refused) -> None:
    if refusal.names(*BUSY):
        logging.get().error("refund waits", refund_id=refund.id, why=str(refusal))
        later(REFUNDS, refund.id, Unknown(refusal.description))
    elif not (refusal.names(*DONE_BEFORE) and _adopt(refund, or_alike=True)):
        refunds().refuse(refund.id, refusal.description)
        db.session.commit()


def _adopt(refund: Refund, *, or_alike: bool = False) -> bool:
    """Take what Razorpay holds of this refund; say whether all is done for now.

    With `or_alike`, one of the same amount that no row of ours holds will do: all
    money is back, and somebody sent it from Razorpay's own pages.
    """
    found = provider().refunds_of(str(refund.razorpay_payment_id))
    if not isinstance(found, Done):
        later(REFUNDS, refund.id, _unknown(found))
        return True
    ours = [one for one in found.value if one.receipt == refund.idempotency_key]
    if not ours and or_alike:
        ours = refunds().unclaimed(refund, found.value)
        db.session.rollback()
    if ours:
        _learn(refund, ours[0])
    return bool(ours)


def _ask(refund: Refund) -> None:
    answer = provider().fetch_refund(
        str(refund.razorpay_payment_id), str(refund.razorpay_refund_id)
    )
    if isinstance(answer, Done):
        _learn(refund, answer.value)
    else:
        later(REFUNDS, refund.id, _unknown(answer))


def _learn(refund: Refund, seen: ProviderRefund) -> None:
    if seen.amount != refund.amount:  # the same key never has another body
        logging.get().error("refund of another amount", refund_id=refund.id)
    state = refunds().learn(refund.id, seen).state
    failpoint("refund.before_learn_commit")
    db.session.commit()
    failpoint("refund.learned")
    if state in (RefundState.SENT, RefundState.PENDING):
        later(REFUNDS, refund.id, Unknown("the bank has not answered"))


def _unknown(answer: Refused | Unknown) -> Unknown:
    return answer if isinstance(answer, Unknown) else Unknown(answer.description)
