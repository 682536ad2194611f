"""The events that are published to order-svc."""

import json

from payment_svc.models import Outbox


def test_events_carry_the_correlation_id_of_the_order(shop):
    order = shop.issued()

    [ready] = shop.rows(Outbox)
    assert ready.correlation_id == f"order-{order}"
    assert json.dumps(ready.envelope())
