"""Each change by staff and integrators, by API or panel, is in the action log."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from devtools.testkit import action_log
from devtools.testkit.action_log import MESSAGE_FORMS, Panel
from payment_svc.extensions import db
from payment_svc.models import (
    ActionLog,
    Dispute,
    Refund,
    RefundReason,
    RefundState,
    WebhookEvent,
)

# Timelines belong to the change of a payment, refund or dispute; `audit_log` is the
# parent table of payments.
RECORDS = {"payment_history", "refund_history", "dispute_history", "audit_log"}
PAYMENT = "/payments/{payment_id}/"
LATER = {"next_check_at": datetime(2999, 1, 1, tzinfo=UTC)}
LINK = {
    "order_id": 17,
    "user_id": 1,
    "amount": "499.00",
    "name": "Asha Rao",
    "email": "asha@shop.example",
}


def stored(shop, row):
    with shop.app.app_context():
        db.session.add(row)
        db.session.commit()
        return row.id


def reviewed(shop):
    return shop.row("under_review", captured_amount=Decimal("1.00"))


def paid(shop):
    order = shop.issued()
    shop.pay(order)
    return shop.payment(order).id


def refundable(shop):
    return shop.row("captured", outcome="kept")


def a_refund(shop):
    values = {"amount": Decimal("9.00"), "currency": "INR", "key": "k", "n": 1}
    capture = {"razorpay_payment_id": "pay_1", "captured_amount": Decimal("499.00")}
    row = Refund(
        payment_id=shop.row("captured"),
        reason=RefundReason.CANCELLED,
        state=RefundState.REQUESTED,
        idempotency_key="0b9f",
        **values,
        **capture,
    )
    return stored(shop, row)


def a_dispute(shop):
    ids = {"razorpay_dispute_id": "disp_1", "razorpay_payment_id": "pay_1"}
    facts = {"phase": "chargeback", "status": "open", "amount": Decimal("9.00")}
    payment = {"payment_id": shop.row("captured"), "amount_deducted": Decimal("0.00")}
    return stored(shop, Dispute(**ids, **facts, **payment, **LATER, currency="INR"))


def a_webhook(shop):
    received = {"sha256": "f", "body": b"{}"}
    return stored(shop, WebhookEvent(**received, **LATER))


OPERATIONS = {
    "POST /payments/create_payment_link/": (lambda _: 0, LINK),
    f"POST {PAYMENT}cancel/": (lambda shop: shop.row("issued"), None),
    f"POST {PAYMENT}sync/": (paid, None),
    f"POST {PAYMENT}resolve/": (reviewed, {"decision": "accept", "note": "a fee"}),
    f"POST {PAYMENT}refund/": (refundable, {"amount": "9.00", "reason": "late"}),
}
FORMS = {
    "payment/cancel": lambda shop: shop.row("issued"),
    "payment/check": lambda shop: shop.row("issued"),
    "refund/despite": a_refund,
    "dispute/check": a_dispute,
    "webhookevent/replay": a_webhook,
}
MESSAGES_ONLY = {"dispute/publish": a_dispute}


@pytest.fixture
def log(app):
    """Return `log()`: the rows of the action log, oldest first."""

    def rows():
        with app.app_context():
            return db.session.scalars(select(ActionLog).order_by(ActionLog.id)).all()

    return rows


def test_every_operation_and_form_is_tried(app):
    every = {*FORMS, *MESSAGES_ONLY, *MESSAGE_FORMS}

    assert action_log.operations(app) == OPERATIONS.keys()
    assert action_log.forms(app) == every


@pytest.mark.parametrize("name", OPERATIONS)
def test_each_operation_is_logged(app, shop, tokens, log, name):
    prepare, body = OPERATIONS[name]
    method, path = name.split()
    place = path.format(payment_id=prepare(shop))

    changed, unlogged = action_log.unlogged(
        app, RECORDS, lambda: shop.call(method, place, tokens.admin(), json=body)
    )

    assert changed
    assert not unlogged
    assert {(row.actor, row.action) for row in log()} == {("user:999", name)}


@pytest.mark.parametrize("form", FORMS)
def test_each_form_of_the_panel_is_logged(app, shop, log, monkeypatch, form):
    key, panel = FORMS[form](shop), Panel(app, monkeypatch)

    changed, unlogged = action_log.unlogged(app, RECORDS, lambda: panel.post(form, key))

    assert changed
    assert not unlogged
    assert {row.source for row in log()} == {"panel"}


@pytest.mark.parametrize("form", MESSAGE_FORMS)
def test_each_form_of_the_messages_is_logged(app, log, monkeypatch, form):
    key = action_log.waiting_message(app, form.partition("/")[0])
    panel = Panel(app, monkeypatch)

    changed, unlogged = action_log.unlogged(
        app, RECORDS, lambda: panel.post(form, key, **MESSAGE_FORMS[form])
    )

    assert changed
    assert not unlogged


def test_what_only_publishes_is_logged_without_columns(app, shop, log, monkeypatch):
    key = a_dispute(shop)

    Panel(app, monkeypatch).post("dispute/publish", key)

    (row,) = log()
    assert (row.action, row.model, row.object_id) == ("publish", "Dispute", str(key))
    assert (row.before, row.after) == ({}, {})


def test_an_integrators_credentials_are_named(shop, tokens, log):
    erp = tokens.service("erp", "payment-svc", "payments:write")

    answer = shop.call("POST", "/payments/create_payment_link/", erp, json=LINK)

    (row,) = log()
    assert (row.actor, row.role, row.before) == ("erp", "service", None)
    assert (row.model, row.object_id) == ("Payment", str(answer.json["id"]))
    assert row.correlation_id == answer.headers["X-Correlation-ID"]


def test_a_refund_is_logged_without_its_idempotency_key(shop, tokens, log):
    path = f"/payments/{refundable(shop)}/refund/"

    shop.call("POST", path, tokens.staff(), json={"amount": "9.00", "reason": "late"})

    (row,) = [row for row in log() if row.model == "Refund"]
    assert row.after["amount"] == "9.00"
    assert "idempotency_key" not in row.after


def test_the_messages_of_the_saga_and_the_worker_are_not_logged(shop, log):
    shop.settle(shop.captured())

    assert log() == []


def test_no_logged_column_is_named_like_a_secret(app):
    names = {"refunds.key", "webhook_events.natural_key"}  # names of rows

    assert action_log.secrets(app) - names == {"dead_letters.message_id"}
