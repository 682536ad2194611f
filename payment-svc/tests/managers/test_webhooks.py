"""What a webhook makes due."""

import json
from datetime import timedelta

import pytest

from chassis import clock
from payment_svc.managers import webhooks
from payment_svc.models import PaymentState
from payment_svc.razorpay.webhooks import read_webhook


@pytest.fixture
def received(session, a_payment):
    """Return `received(event)`: the payment after a webhook about its capture."""

    def process(event):
        payment = a_payment(PaymentState.CAPTURED)
        entity = {"id": payment.razorpay_payment_id}
        body = {"event": event, "payload": {"payment": {"entity": entity}}}
        raw = json.dumps(body).encode()
        row = webhooks.store(session, None, raw, read_webhook(raw))
        session.flush()
        webhooks.process(session, row, read_webhook(row.body))
        session.commit()
        assert (row.result, row.payment_id) == ("matched", payment.id)
        assert (row.processed_at is None, row.next_check_at) == (False, None)
        session.refresh(payment)
        return payment

    return process


def test_a_webhook_makes_its_payment_due(received):
    assert received("payment.captured").next_check_at <= clock.now()


def test_a_failed_attempt_makes_nothing_due(received):
    assert received("payment.failed").next_check_at is None


def test_an_authorised_payment_is_polled_when_it_is_captured(received):
    due = received("payment.authorized").next_check_at

    assert due - clock.now() > timedelta(minutes=14)


def test_a_webhook_is_stored_once(session):
    def store(event_id, body):
        return webhooks.store(session, event_id, body, read_webhook(body))

    assert store("event-1", b"{}") is not None
    assert store("event-1", b"[]") is None
    assert store("event-2", b"{}") is None
