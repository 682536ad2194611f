"""JSON representations are compared byte for byte with real webhook bodies."""

import json
from pathlib import Path

import pytest

from razorpay_sandbox import entities
from razorpay_sandbox.models import Link, Order, Payment, Refund
from razorpay_sandbox.webhooks import encode, envelope

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text())
BODIES = {k: v["body"] for k, v in VECTORS["webhook_full_bodies"].items()}
NOTES = {"shop_payment_id": "0b8f3a52-6c1e-4f0e-9d53-2f1f6b7a1c90"}


def a_link(**values):
    defaults = {
        "id": "plink_Sb1Pq4XyNd83Fe",
        "status": "created",
        "amount": 49900,
        "amount_paid": 0,
        "currency": "INR",
        "accept_partial": False,
        "first_min_partial_amount": 0,
        "description": "Order ORD-2026-000117",
        "reference_id": "ORD-2026-000117",
        "customer": {
            "contact": "+919812345670",
            "email": "asha.rao@example.test",
            "name": "Asha Rao",
        },
        "notes": NOTES,
        "notify": {"email": False, "sms": False, "whatsapp": False},
        "reminder_enable": False,
        "callback_url": "https://shop.example.test/pay/return",
        "callback_method": "get",
        "short_url": "https://rzp.io/rzp/Kq7Xb2Ma",
        "created_at": 1767225600,
        "updated_at": 1767225600,
        "expire_by": 1767227400,
        "expired_at": 0,
        "cancelled_at": 0,
    }
    return Link(**defaults | values)


def an_order(**values):
    defaults = {
        "id": "order_Sb1Qx7LmZk29Ta",
        "amount": 49900,
        "amount_paid": 49900,
        "currency": "INR",
        "receipt": "ORD-2026-000117",
        "status": "paid",
        "attempts": 1,
        "notes": NOTES,
        "created_at": 1767225601,
    }
    return Order(**defaults | values)


def a_payment(**values):
    defaults = {
        "id": "pay_Sb1RfW8nVc40Ub",
        "order_id": "order_Sb1Qx7LmZk29Ta",
        "amount": 49900,
        "amount_refunded": 0,
        "currency": "INR",
        "status": "captured",
        "method": "upi",
        "description": "#Sb1Pq4XyNd83Fe",
        "vpa": "success@razorpay",
        "email": "asha.rao@example.test",
        "contact": "+919812345670",
        "notes": NOTES,
        "fee": 1178,
        "tax": 180,
        "acquirer_data": {
            "rrn": "104768200117",
            "upi_transaction_id": "8F2C1A90B7D34E56A1C2D3E4F5061728",
        },
        "created_at": 1767225670,
        "captured_at": 1767225671,
    }
    return Payment(**defaults | values)


def a_refund(**values):
    defaults = {
        "id": "rfnd_Sb7GmQ2xKe54Vs",
        "payment_id": "pay_Sb1RfW8nVc40Ub",
        "amount": 49900,
        "currency": "INR",
        "status": "processed",
        "receipt": "RFD-2026-000031",
        "notes": {"reason": "order expired before payment"},
        "acquirer_data": {"arn": "10000000000117"},
        "speed_requested": "normal",
        "speed_processed": "normal",
        "created_at": 1767229200,
    }
    return Refund(**defaults | values)


def body(name, parts, created_at, *, sort_keys=False):
    return encode(envelope(name, parts, created_at), sort_keys=sort_keys).decode()


def test_an_authorized_payment_has_no_fee_yet():
    payment = a_payment(captured_at=None, status="authorized", fee=None, tax=None)

    found = body(
        "payment.authorized", {"payment": entities.payment(payment)}, 1767225670
    )

    assert found == BODIES["payment.authorized"]


def test_a_failed_payment_contains_the_banks_error():
    payment = a_payment(
        captured_at=None,
        id="pay_Sb1RaT5mUb39Qz",
        status="failed",
        method="netbanking",
        bank="HDFC",
        vpa=None,
        fee=None,
        tax=None,
        error={
            "code": "BAD_REQUEST_ERROR",
            "description": "Payment failed",
            "source": "bank",
            "step": "payment_authorization",
            "reason": "payment_failed",
        },
        acquirer_data={"bank_transaction_id": None},
        created_at=1767225631,
    )

    found = body("payment.failed", {"payment": entities.payment(payment)}, 1767225632)

    assert found == BODIES["payment.failed"]


def test_order_paid_shows_payment_and_order():
    parts = {
        "payment": entities.payment(a_payment()),
        "order": entities.order(an_order()),
    }

    assert body("order.paid", parts, 1767225671) == BODIES["order.paid"]


def test_a_link_event_has_sorted_keys_and_the_creation_time_of_the_link():
    link = a_link(
        status="paid",
        amount_paid=49900,
        order_id="order_Sb1Qx7LmZk29Ta",
        updated_at=1767225671,
    )
    parts = {
        "payment_link": entities.link_in_event(link),
        "order": entities.order(an_order()),
        "payment": entities.payment_in_link_event(a_payment()),
    }

    found = body("payment_link.paid", parts, link.created_at, sort_keys=True)

    assert found == BODIES["payment_link.paid"]


CLOSED = {
    "expired": {"expired_at": 1767227412},
    "cancelled": {"cancelled_at": 1767225840, "updated_at": 1767225840},
}


@pytest.mark.parametrize("status", CLOSED)
def test_a_closed_link_event_has_no_order_if_the_page_was_never_opened(status):
    link = a_link(status=status, **CLOSED[status])

    name = f"payment_link.{status}"
    parts = {"payment_link": entities.link_in_event(link)}

    assert body(name, parts, link.created_at, sort_keys=True) == BODIES[name]


REFUNDS = {
    "refund.created": ("pending", None, 1767229200),
    "refund.processed": ("processed", "10000000000117", 1767229205),
}


@pytest.mark.parametrize("name", REFUNDS)
def test_a_refund_event_contains_the_payment_with_its_refunded_amount(name):
    status, arn, created_at = REFUNDS[name]
    refund = a_refund(status=status, acquirer_data={"arn": arn})
    payment = a_payment(status="refunded", amount_refunded=49900)

    parts = {"refund": entities.refund(refund), "payment": entities.payment(payment)}

    assert body(name, parts, created_at) == BODIES[name]
