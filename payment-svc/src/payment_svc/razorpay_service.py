"""Razorpay: the one module that speaks to it, with its own client.

Each call ends in one of three ways, told apart by the HTTP status: done, with what
was asked for; refused, with Razorpay's words; unknown, which is never a "no".
"""

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any, cast

import certifi
import razorpay
import requests
from flask import Flask, current_app

from chassis.outcomes import Done, Refused, Unknown, Value
from payment_svc import razorpay_entities as entities
from payment_svc.config import Settings
from payment_svc.models import ProviderLink, ProviderPayment, ProviderRefund, Snapshot
from payment_svc.razorpay_http import Refusal, make_session
from payment_svc.razorpay_outcomes import LinkWish
from payment_svc.razorpay_signatures import Callback, is_signed


class RazorpayService:
    """Payment links, the payments of their orders, and refunds.

    Give one to an app: it makes a client for each thread, because a `requests`
    session is not made to be shared.
    """

    def __init__(self, key_id: str, key_secret: str, base_url: str) -> None:
        self._auth = (key_id, key_secret)
        self._base_url = base_url
        self._threads = threading.local()

    @property
    def _client(self) -> Any:
        if not hasattr(self._threads, "client"):
            self._threads.client = self._make_client(make_session(self._base_url))
        return self._threads.client

    def _make_client(self, session: requests.Session) -> Any:
        client = razorpay.Client(
            session=session, auth=self._auth, base_url=self._base_url
        )
        client.cert_path = certifi.where()  # its own bundle is of 2015
        return client

    def create_link(self, wish: LinkWish) -> Done[ProviderLink] | Refused | Unknown:
        """Make a link; a reference id is taken for ever, so look before a retry."""
        return _ask(
            lambda: entities.read_link(self._client.payment_link.create(wish.body()))
        )

    def find_link(
        self, reference_id: str
    ) -> Done[ProviderLink | None] | Refused | Unknown:
        """Return the link with this reference, None when there is none."""

        def look() -> ProviderLink | None:
            found = self._client.payment_link.all({"reference_id": reference_id})
            links = entities.read_items(found, "payment_links")
            # The filter has been seen to be ignored: what counts is the equality.
            ours = [one for one in links if one.get("reference_id") == reference_id]
            return entities.read_link(ours[0]) if ours else None

        return _ask(look)

    def fetch_link(self, link_id: str) -> Done[ProviderLink] | Refused | Unknown:
        """Return a link as it now is."""
        _check("plink", link_id)
        return _ask(
            lambda: entities.read_link(self._client.payment_link.fetch(link_id))
        )

    def cancel_link(self, link_id: str) -> Done[ProviderLink] | Refused | Unknown:
        """Close a link for which nothing was paid."""
        _check("plink", link_id)
        return _ask(
            lambda: entities.read_link(self._client.payment_link.cancel(link_id))
        )

    def payments_of(
        self, order_id: str
    ) -> Done[tuple[ProviderPayment, ...]] | Refused | Unknown:
        """Return every try to pay a Razorpay order."""
        _check("order", order_id)

        def look() -> tuple[ProviderPayment, ...]:
            items = entities.read_items(self._client.order.payments(order_id))
            return tuple(entities.read_payment(item) for item in items)

        return _ask(look)

    def snapshot(self, link: ProviderLink | None) -> Done[Snapshot] | Refused | Unknown:
        """Return a link together with its order's payments, as evidence.

        An expired link can hide a capture, so that the link alone is none.
        """
        if link is None or link.order_id is None:
            return Done(Snapshot(link))
        payments = self.payments_of(link.order_id)
        if isinstance(payments, Done):
            return Done(Snapshot(link, payments.value))
        return payments

    def refund(
        self, payment_id: str, amount: Decimal, key: str, notes: dict[str, str]
    ) -> Done[ProviderRefund] | Refused | Unknown:
        """Send money back once for each key, whose receipt guards it as well."""
        _check("pay", payment_id)
        body = {
            "amount": entities.paise(amount),
            "speed": "normal",
            "receipt": key,
            "notes": notes,
        }
        headers = {"X-Refund-Idempotency": key}  # the client changes it: a new one
        return _ask(
            lambda: entities.read_refund(
                self._client.payment.refund(payment_id, body, headers=headers)
            )
        )

    def refunds_of(
        self, payment_id: str
    ) -> Done[tuple[ProviderRefund, ...]] | Refused | Unknown:
        """Return the newest hundred refunds of a payment."""
        _check("pay", payment_id)

        def look() -> tuple[ProviderRefund, ...]:
            found = self._client.payment.fetch_multiple_refund(
                payment_id, {"count": 100}
            )
            return tuple(map(entities.read_refund, entities.read_items(found)))

        return _ask(look)

    def fetch_refund(
        self, payment_id: str, refund_id: str
    ) -> Done[ProviderRefund] | Refused | Unknown:
        """Return a refund as it now is."""
        _check("pay", payment_id)
        _check("rfnd", refund_id)
        return _ask(
            lambda: entities.read_refund(
                self._client.payment.fetch_refund_id(payment_id, refund_id)
            )
        )

    def is_callback(self, callback: Callback, signature: str) -> bool:
        """Say whether Razorpay has signed a callback: with the key's secret."""
        return is_signed(callback.message(), signature, self._auth[1])


def _check(prefix: str, value: str) -> None:
    """Refuse what is no id: the client puts it into the path as it is."""
    if not entities.is_id(prefix, value):
        raise ValueError(f"not a {prefix} id")


def _ask(call: Callable[[], Value]) -> Done[Value] | Refused | Unknown:
    try:
        return Done(call())
    except Refusal as refusal:
        return Refused(str(refusal))
    except Unknown as unknown:
        return unknown


def init_app(app: Flask, settings: Settings) -> None:
    """Give the app its Razorpay."""
    app.extensions["razorpay"] = RazorpayService(
        settings.razorpay_key_id,
        settings.razorpay_key_secret,
        settings.razorpay_base_url,
    )


def current() -> RazorpayService:
    """Return the current app's Razorpay."""
    return cast("RazorpayService", current_app.extensions["razorpay"])


__all__ = ["Callback", "LinkWish", "RazorpayService"]
