"""A database of payment-svc with the payments that a fake Razorpay lists."""

import os
from datetime import UTC, datetime
from decimal import Decimal

from chassis import migrations
from payment_svc import create_app
from payment_svc.extensions import db
from payment_svc.models import Payment, PaymentAttempt, PaymentState, PaymentStatus
from razorpay_sandbox.testing import KEYS
from verification.bench.listed_payments import FEE, PAISE, TAX, Listed, payment_id

CHUNK = 1_000  # payments of one transaction
RUPEE = Decimal(100)


def environment(database: str, razorpay: str) -> dict[str, str]:
    """Return the settings of a payment-svc, given its database's address."""
    return {
        **os.environ,
        **{name: KEYS[name] for name in KEYS if name.startswith("RAZORPAY")},
        "APP_ENV": "test",
        "SECRET_KEY": "benchmark-secret-of-32-characters-or-more",
        "PUBLIC_URL": "http://127.0.0.1",
        "DATABASE_URL": database,
        "RAZORPAY_BASE_URL": razorpay,
    }


def fill(environ: dict[str, str], listed: Listed) -> None:
    """Create the tables and store every listed payment with its attempt to pay."""
    app = create_app(environ)
    migrations.upgrade(app)
    with app.app_context():
        for first in range(0, len(listed.moments), CHUNK):
            _store(listed, range(first, min(first + CHUNK, len(listed.moments))))
        db.engine.dispose()


def _store(listed: Listed, numbers: range) -> None:
    moments = [datetime.fromtimestamp(listed.moments[n], UTC) for n in numbers]
    payments = [_payment(n, at) for n, at in zip(numbers, moments, strict=True)]
    db.session.add_all(payments)
    db.session.flush()
    for number, payment, at in zip(numbers, payments, moments, strict=True):
        db.session.add(_attempt(number, payment.id, at))
    db.session.commit()
    db.session.expunge_all()


def _payment(number: int, at: datetime) -> Payment:
    return Payment(
        order_id=str(number + 1),
        amount=PAISE / RUPEE,
        state=PaymentState.CAPTURED,
        status=PaymentStatus.COMPLETED,
        receipt=f"receipt-{number}",
        user_id=1,
        placed_at=at,
        razorpay_payment_id=payment_id(number),
        captured_amount=PAISE / RUPEE,
        captured_currency="INR",
    )


def _attempt(number: int, payment_id_: int, at: datetime) -> PaymentAttempt:
    return PaymentAttempt(
        payment_id=payment_id_,
        razorpay_payment_id=payment_id(number),
        status="captured",
        amount=PAISE / RUPEE,
        currency="INR",
        fee=FEE / RUPEE,
        tax=TAX / RUPEE,
        attempted_at=at,
    )
