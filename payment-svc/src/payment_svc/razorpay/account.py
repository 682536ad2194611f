"""Readers of the account for `flask payments check`; each takes Razorpay's client."""

from typing import Any

from payment_svc.razorpay.entities import read_items, read_registration
from payment_svc.razorpay.registration import Registration


def count_links(client: Any) -> int:
    """Read one link at most: the key works and Payment Links are enabled."""
    return len(read_items(client.payment_link.all({"count": 1}), "payment_links"))


def count_payments(client: Any) -> int:
    """Read one payment at most: the key works."""
    return len(read_items(client.payment.all({"count": 1})))


def registrations(client: Any) -> tuple[Registration, ...]:
    """Return the registered webhooks; some keys may not read them."""
    items = read_items(client.webhook.all({"count": 100}))
    return tuple(read_registration(item) for item in items)
