"""A page of Razorpay's disputes, compared with the disputes that we have fetched."""

from dataclasses import replace
from decimal import Decimal

from sqlalchemy import select

from payment_svc.managers.listed_disputes import ListedDisputes
from payment_svc.models import Dispute
from payment_svc.razorpay.types import ProviderDispute

SEEN = ProviderDispute(
    id="disp_1",
    payment_id="pay_1",
    phase="chargeback",
    status="open",
    amount=Decimal("499.00"),
    amount_deducted=Decimal("0.00"),
    currency="INR",
    reason_code="goods_not_received",
    respond_by=None,
    opened_at=None,
)


def test_an_unknown_dispute_is_a_difference(session):
    [found] = ListedDisputes(session, [SEEN]).differences()

    assert (found.kind, found.razorpay_id, found.ours) == (
        "dispute",
        "disp_1",
        "nothing",
    )
    assert found.theirs == "chargeback, open, 499.00"


def test_only_a_changed_dispute_is_a_difference(work, session):
    work.disputes.store(SEEN.id)
    row_id = session.scalars(select(Dispute.id)).one()
    work.disputes.reconcile(row_id, SEEN)

    assert ListedDisputes(session, [SEEN]).differences() == []
    [found] = ListedDisputes(session, [replace(SEEN, status="won")]).differences()
    assert found.theirs == "chargeback, won, 499.00"
