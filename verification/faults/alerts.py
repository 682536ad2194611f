"""What waits for an admin after an alert, read from payment-svc's database."""

from typing import Any

from sqlalchemy import NullPool, Select, case, create_engine, func, literal, select

from payment_svc.models import AUTOMATIC, Dispute, Payment, Refund, RefundState
from payment_svc.models.disputes import LOST

PAYMENT = Payment.__table__.c
REFUND, DISPUTE = Refund.__table__.c, Dispute.__table__.c
WAITS = "waits for dispute "
UNSENT = (RefundState.REQUESTED, RefundState.SENT)
FINAL = (RefundState.PROCESSED, RefundState.FAILED)


def waiting_refunds(url: str) -> list[int]:
    """Return the refunds that only an admin can send: their dispute is lost."""
    lost = literal(WAITS) + DISPUTE.razorpay_dispute_id
    waiting = select(REFUND.id).where(
        REFUND.state.in_(UNSENT), DISPUTE.status == LOST, REFUND.detail == lost
    )
    return _numbers(url, waiting.order_by(REFUND.id))


def unfinished_payments(url: str) -> list[int]:
    """Return the payments of which a failed refund has left something with the shop.

    The saga has decided to refund all of them, and none of their refunds is open.
    """
    sums = (
        select(PAYMENT.auditlog_ptr_id)
        .join(REFUND.payment_id.table, REFUND.payment_id == PAYMENT.auditlog_ptr_id)
        .where(REFUND.razorpay_payment_id == PAYMENT.razorpay_payment_id)
        .group_by(PAYMENT.auditlog_ptr_id, PAYMENT.captured_amount)
        .having(
            _count(REFUND.reason.in_(AUTOMATIC)) > 0,
            _count(REFUND.state == RefundState.FAILED) > 0,
            _count(REFUND.state.not_in(FINAL)) == 0,
            func.sum(_if(REFUND.state == RefundState.PROCESSED, REFUND.amount))
            < PAYMENT.captured_amount,
        )
    )
    return _numbers(url, sums.order_by(PAYMENT.auditlog_ptr_id))


def _if(condition: Any, value: Any) -> Any:
    return case((condition, value), else_=0)


def _count(condition: Any) -> Any:
    return func.sum(_if(condition, 1))


def _numbers(url: str, statement: Select[Any]) -> list[int]:
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return list(connection.scalars(statement))
