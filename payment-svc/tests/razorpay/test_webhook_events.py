"""Every documented event is used or ignored for a reason."""

import pytest

from payment_svc.models import WebhookEvent
from payment_svc.razorpay.webhook_events import IGNORED, UNKNOWN_TYPE, USED, why_ignored

DOCUMENTED = """
payment.downtime.started payment.downtime.updated payment.downtime.resolved
settlement.processed invoice.paid invoice.partially_paid invoice.expired
qr_code.created qr_code.closed qr_code.credited virtual_account.created
virtual_account.closed virtual_account.credited transfer.processed transfer.failed
subscription.authenticated subscription.activated subscription.charged
subscription.completed subscription.updated subscription.pending subscription.halted
subscription.cancelled subscription.paused subscription.resumed account.suspended
account.funds_hold account.app.authorization_revoked product.route.activated
payout.processed payout_link.issued fund_account.validation.completed
transaction.created payout.downtime.started
"""
OF_LINKS = """
payment.authorized payment.captured payment.failed order.paid payment_link.paid
payment_link.partially_paid payment_link.expired payment_link.cancelled refund.created
refund.processed refund.failed refund.speed_changed payment.dispute.created
payment.dispute.under_review payment.dispute.action_required payment.dispute.won
payment.dispute.lost payment.dispute.closed
"""


def test_the_events_of_links_refunds_and_disputes_are_used():
    assert set(OF_LINKS.split()) == USED
    assert {why_ignored(event) for event in USED} == {None}


@pytest.mark.parametrize("event", DOCUMENTED.split())
def test_every_other_documented_event_is_ignored_for_a_reason(event):
    assert why_ignored(event).startswith("ignored: ")


@pytest.mark.parametrize("event", ["", "payment.refunded", "x", "settlement"])
def test_an_event_that_nobody_documented_is_of_unknown_type(event):
    assert why_ignored(event) == UNKNOWN_TYPE


def test_each_reason_fits_into_its_column():
    most = WebhookEvent.__table__.c.result.type.length

    assert max(len(f"ignored: {why}") for why in IGNORED.values()) <= most
