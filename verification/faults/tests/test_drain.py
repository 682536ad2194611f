"""When a shop is at rest."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from order_svc.extensions import db as orders
from payment_svc.extensions import db as payments
from payment_svc.models import Payment, PaymentState
from verification.faults.drain import under_way

DUE = "payment-svc: due polls of closed links"


class NoQueue:
    """A queue that has died: nothing waits in it."""

    class exceptions:
        QueueDoesNotExist = LookupError

    def get_queue_url(self, **_):
        raise LookupError


@pytest.fixture
def shop(tmp_path):
    urls = {
        name: f"sqlite:///{tmp_path / name}.db" for name in ("order-svc", "payment-svc")
    }
    for db, url in zip((orders, payments), urls.values(), strict=True):
        engine = create_engine(url)
        db.metadata.create_all(engine)
        engine.dispose()
    return SimpleNamespace(urls=urls, shift=0, sqs=NoQueue)


def close_link(shop, look_in):
    engine = create_engine(shop.urls["payment-svc"])
    now = datetime.now(UTC)
    with Session(engine) as session:
        session.add(
            Payment(
                order_id="1",
                amount="499.00",
                status="CANCELLED",
                receipt="order-1",
                state=PaymentState.CLOSED,
                next_check_at=now + look_in,
                state_since=now,
            )
        )
        session.commit()
    engine.dispose()


def test_a_shop_with_nothing_in_it_is_at_rest(shop):
    assert under_way(shop) == {}


def test_a_due_poll_of_a_closed_link_keeps_a_shop_from_rest(shop):
    close_link(shop, timedelta(seconds=-1))

    assert list(under_way(shop)) == [DUE]


def test_the_poll_in_an_hour_is_due_when_the_clock_was_moved(shop):
    close_link(shop, timedelta(hours=1))

    assert under_way(shop) == {}
    shop.shift = 3700
    assert list(under_way(shop)) == [DUE]
