"""How long a refund of the dashboard is unknown to payment-svc."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from payment_svc.extensions import db
from payment_svc.models import (
    Payment,
    PaymentState,
    Refund,
    RefundReason,
    RefundState,
    WebhookEvent,
)
from verification.faults.sightings import Watch

MADE = {"id": "rfnd_made"}
LINK = "plink_1"


class Shop:
    """The database of payment-svc, the real time and the shop's clock."""

    def __init__(self, url):
        self.engine = create_engine(url)
        db.metadata.create_all(self.engine)
        self.seconds, self.shift = 100.0, 0
        self.is_refusing = False
        self.watch = Watch(
            url,
            lambda: self.shift,
            lambda: self.is_refusing,
            now=lambda: self.seconds,
        )
        self.start = datetime.now(UTC)
        self.add(
            Payment(
                order_id="1",
                amount="499.00",
                status="COMPLETED",
                receipt="order-1",
                razorpay_payment_id="pay_1",
                razorpay_payment_link_id=LINK,
                state=PaymentState.CAPTURED,
                next_check_at=self.start + timedelta(hours=1),
            )
        )

    def add(self, row):
        with Session(self.engine) as session:
            session.add(row)
            session.commit()

    def plan_poll(self, hours):
        with Session(self.engine) as session:
            payment = session.query(Payment).one()
            payment.next_check_at = self.start + timedelta(hours=hours)
            session.commit()

    def receive_webhook(self, refund_id="rfnd_made"):
        key = f"refund.created:{refund_id}"
        row = {"event": "refund.created", "body": b"{}", "natural_key": key}
        self.add(WebhookEvent(sha256=refund_id, **row))

    def store_refund(self):
        self.add(
            Refund(
                payment_id=1,
                key="refund:1:provider:1",
                idempotency_key="key",
                razorpay_payment_id="pay_1",
                razorpay_refund_id=MADE["id"],
                amount="499.00",
                currency="INR",
                reason=RefundReason.PROVIDER,
                n=1,
                state=RefundState.PROCESSED,
            )
        )

    def at(self, seconds):
        self.seconds = 100.0 + seconds
        self.watch.watch()

    def figures(self):
        (one,) = self.watch.sightings
        return one.figures()


@pytest.fixture
def shop(tmp_path):
    made = Shop(f"sqlite:///{tmp_path / 'payments'}.db")
    made.watch.made(MADE, LINK)
    yield made
    made.engine.dispose()


def test_the_time_since_the_webhook_is_measured(shop):
    shop.at(0.5)
    shop.receive_webhook()
    shop.at(1.0)
    shop.store_refund()
    shop.at(1.4)

    found = shop.figures()
    assert found["after_webhook"] == pytest.approx(0.4)
    assert found["after_call"] == pytest.approx(1.4)
    assert "polls" not in found


def test_the_webhook_of_another_refund_is_not_its_own(shop):
    shop.receive_webhook("rfnd_other")
    shop.store_refund()
    shop.at(1.0)

    assert "after_webhook" not in shop.figures()


def test_without_a_webhook_the_due_polls_are_counted(shop):
    shop.at(1.0)
    shop.shift = 3700
    shop.store_refund()
    shop.at(2.0)

    assert shop.figures()["polls"] == 1


def test_a_poll_that_missed_the_refund_counts_too(shop):
    shop.at(1.0)
    shop.plan_poll(hours=6)
    shop.at(2.0)
    shop.shift = 6 * 3600 + 100
    shop.store_refund()
    shop.at(3.0)

    assert shop.figures()["polls"] == 2


def test_a_poll_that_is_not_due_does_not_count(shop):
    shop.at(1.0)
    shop.store_refund()
    shop.at(2.0)

    assert shop.figures()["polls"] == 0


def test_an_unseen_refund_has_no_delay(shop):
    shop.receive_webhook()
    shop.at(5.0)

    assert [one.refund_id for one in shop.watch.unseen] == [MADE["id"]]
    assert shop.figures() == {"refund": MADE["id"], "is_seen": False}


def test_a_refund_that_could_not_be_read_for_a_while_is_counted_apart(shop):
    shop.receive_webhook()
    shop.is_refusing = True
    shop.at(1.0)
    shop.is_refusing = False
    shop.store_refund()
    shop.at(6.0)

    found = shop.figures()
    assert found["was_refused"]
    assert found["after_call"] == pytest.approx(6.0)
    assert "after_webhook" not in found


def test_the_thread_notes_what_is_stored_before_it_stops(shop):
    shop.watch.start()
    shop.store_refund()
    shop.watch.stop()

    assert shop.watch.unseen == []
