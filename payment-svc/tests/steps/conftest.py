from contextlib import contextmanager
from decimal import Decimal

import pytest

from chassis.outcomes import Unknown


@pytest.fixture
def elsewhere(shop):
    """Return `elsewhere(order, rupees, **options)`: a refund in the dashboard."""

    def make(order, rupees=None, **options):
        if rupees is not None:
            options["amount"] = int(Decimal(rupees) * 100)
        path = f"payments/{shop.payment(order).razorpay_payment_id}/refund"
        return shop.control(path, **options)

    return make


@pytest.fixture
def sync(shop, staff):
    """Return `sync(order)`: staff reconcile the payment with Razorpay."""

    def post(order):
        path = f"/payments/{shop.payment(order).id}/sync/"
        return shop.call("POST", path, staff)

    return post


@pytest.fixture
def refund_answers_lost(shop):
    """Return a context in which Razorpay makes refunds, or not, and never answers."""

    @contextmanager
    def lose(*, is_made):
        service = shop.app.extensions["razorpay"]
        real = service.refund

        def refund(*call):
            if is_made:
                real(*call)
            return Unknown("lost")

        service.refund = refund
        yield
        service.refund = real

    return lose
