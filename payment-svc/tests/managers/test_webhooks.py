"""What a webhook makes due."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from chassis import clock
from payment_svc.managers import webhooks
from payment_svc.models import Dispute, PaymentState, WebhookEvent
from payment_svc.razorpay.webhooks import read_webhook


def deliver(session, event, **entities):
    """Store and process a webhook; return its row."""
    payload = {name: {"entity": entity} for name, entity in entities.items()}
    raw = json.dumps({"event": event, "payload": payload}).encode()
    row = webhooks.store(session, None, raw, read_webhook(raw))
    session.flush()
    webhooks.process(session, row, read_webhook(row.body))
    session.commit()
    return row


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


def test_a_failed_attempt_makes_a_poll_due_in_half_a_minute(received):
    due = received("payment.failed").next_check_at - clock.now()

    assert timedelta(seconds=25) < due <= timedelta(seconds=30)


def test_many_failed_attempts_make_one_poll_due(session, a_payment):
    payment = a_payment(PaymentState.ISSUED)
    first = clock.now() + timedelta(seconds=5)
    payment.next_check_at = first
    session.commit()

    for number in range(20):
        entity = {"id": f"pay_{number:014}", "notes": {"receipt": payment.receipt}}
        deliver(session, "payment.failed", payment=entity)

    session.refresh(payment)
    assert payment.next_check_at == first


def test_an_authorised_payment_is_polled_when_it_is_captured(received):
    due = received("payment.authorized").next_check_at

    assert due - clock.now() > timedelta(minutes=14)


def test_a_webhook_is_stored_once(session):
    def store(event_id, body):
        return webhooks.store(session, event_id, body, read_webhook(body))

    assert store("event-1", b"{}") is not None
    assert store("event-1", b"[]") is None
    assert store("event-2", b"{}") is None


@pytest.mark.parametrize(
    ("event", "result"),
    [
        ("settlement.processed", "ignored: transfers to the bank account change no"),
        ("subscription.charged", "ignored: the shop has no subscriptions"),
        ("payment.sung", "unknown type"),
        ("", "unknown type"),
    ],
)
def test_an_event_that_is_not_used_is_named_and_moves_nothing(
    session, a_payment, event, result
):
    payment = a_payment(PaymentState.CAPTURED)

    row = deliver(session, event, payment={"id": payment.razorpay_payment_id})

    session.refresh(payment)
    assert row.result.startswith(result)
    assert (payment.next_check_at, row.next_check_at) == (None, None)


def test_a_refunds_event_waits_for_its_payment(session, a_payment):
    payment = a_payment(PaymentState.ISSUED)
    about = {"id": "rfnd_Sb8HnR3yLf65Wt", "payment_id": "pay_Sb1RfW8nVc40Ub"}

    row = deliver(session, "refund.processed", refund=about)
    assert (row.result, row.payment_id) == ("unknown", None)
    assert row.next_check_at - clock.now() < timedelta(minutes=1)
    payment.razorpay_payment_id = about["payment_id"]
    webhooks.process(session, row, read_webhook(row.body))
    session.commit()

    session.refresh(payment)
    assert (row.result, row.payment_id) == ("matched", payment.id)
    assert row.next_check_at is None
    assert payment.next_check_at <= clock.now()


@pytest.mark.parametrize(
    "about",
    [
        {"id": "rfnd_Sb8HnR3yLf65Wt", "payment_id": "order_Sb1Qx7LmZk29Ta"},
        {"id": "pay_Sb1RfW8nVc40Ub", "payment_id": "pay_Sb1RfW8nVc40Ub"},
        {"id": "rfnd_1", "payment_id": "pay_Sb1RfW8nVc40Ub"},
    ],
)
def test_an_id_of_another_kind_is_named_and_alerted(session, a_payment, caplog, about):
    payment = a_payment(PaymentState.CAPTURED)

    row = deliver(session, "refund.processed", refund=about)

    session.refresh(payment)
    assert (row.result, row.next_check_at) == ("an id of another kind", None)
    assert payment.next_check_at is None
    [alert] = [one.msg for one in caplog.records if one.levelname == "ERROR"]
    assert (alert["alert"], alert["why"]) == (True, "an id of another kind")


def test_a_refunds_event_waits_for_a_day_at_most(session):
    about = {"id": "rfnd_Sb8HnR3yLf65Wt", "payment_id": "pay_Sb1RfW8nVc40Ub"}
    row = deliver(session, "refund.processed", refund=about)
    row.created_at = clock.now() - timedelta(hours=25)

    webhooks.process(session, row, read_webhook(row.body))

    assert (row.result, row.next_check_at) == ("unknown", None)


def test_only_a_refunds_event_waits(session):
    about = {"id": "pay_Sb1RfW8nVc40Ub"}

    row = deliver(session, "payment.captured", payment=about)

    assert (row.result, row.next_check_at) == ("unknown", None)


def test_a_dispute_is_noted_once_and_its_fetch_is_due(session, work):
    for event in ("created", "under_review", "created"):
        entities = {"dispute": {"entity": {"id": "disp_Sc1Hd7WnQv38Lx"}}}
        raw = json.dumps({"event": f"payment.dispute.{event}", "payload": entities})
        payload = read_webhook(raw.encode())
        row = WebhookEvent(sha256=f"{event}", event=payload.event, body=b"")
        webhooks.process_dispute(work.disputes, row, payload)

    [dispute] = session.scalars(select(Dispute)).all()
    assert dispute.next_check_at <= clock.now()
    assert (dispute.status, dispute.payment_id) == (None, None)


@pytest.mark.parametrize("name", ["pay_Sb1RfW8nVc40Ub", "disp_1", "", None, 7])
def test_a_dispute_without_an_id_of_a_dispute_is_rejected(session, work, name):
    body = {"payload": {"dispute": {"entity": {"id": name}}}}
    payload = read_webhook(json.dumps(body).encode())
    row = WebhookEvent(sha256="1", event="payment.dispute.created", body=b"")

    webhooks.process_dispute(work.disputes, row, payload)

    assert row.result == "no dispute id"
    assert session.scalars(select(Dispute)).all() == []
