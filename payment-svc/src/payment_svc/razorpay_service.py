"""The only module that calls Razorpay, with Razorpay's own client.

Each call has one of three outcomes: Done with a value, Refused with Razorpay's
description, or Unknown. After Unknown, Razorpay may have acted or not.
"""

import threading
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, TypeVar, cast

import certifi
import razorpay
import requests
from flask import Flask, current_app

from chassis import logging
from chassis.outcomes import Done, Refused, Unknown, Value
from payment_svc.config import Settings
from payment_svc.razorpay import entities
from payment_svc.razorpay.causes import CALL_FAILED, ProviderProblem, UnreadableAnswer
from payment_svc.razorpay.http import Refusal, make_session
from payment_svc.razorpay.link_request import PaymentLinkRequest
from payment_svc.razorpay.pages import PAGE, every_item
from payment_svc.razorpay.provider_clock import ProviderClock
from payment_svc.razorpay.signatures import Callback, is_signed
from payment_svc.razorpay.types import (
    ProviderDispute,
    ProviderLink,
    ProviderPayment,
    ProviderRefund,
    Snapshot,
)

Entity = TypeVar("Entity", ProviderLink, ProviderPayment, ProviderRefund)


class RazorpayService:
    """Payment links, the payments of their orders, refunds and disputes.

    Each app has one instance, with a client for each thread, because a `requests`
    session is not thread-safe.
    """

    def __init__(self, key_id: str, key_secret: str, base_url: str) -> None:
        self._auth = (key_id, key_secret)
        self._base_url = base_url
        self._threads = threading.local()
        self.clock = ProviderClock()

    @property
    def _client(self) -> Any:
        if not hasattr(self._threads, "client"):
            session = make_session(self._base_url, self.clock.observe)
            self._threads.client = self._make_client(session)
        return self._threads.client

    def _make_client(self, session: requests.Session) -> Any:
        client = razorpay.Client(
            session=session, auth=self._auth, base_url=self._base_url
        )
        client.cert_path = certifi.where()  # the client's CA bundle is from 2015
        return client

    def create_link(
        self, request: PaymentLinkRequest
    ) -> Done[ProviderLink] | Refused | Unknown:
        """Create a link; its reference can never be used again."""
        return _call(
            lambda: entities.read_link(self._client.payment_link.create(request.body()))
        )

    def find_link(
        self, reference_id: str
    ) -> Done[ProviderLink | None] | Refused | Unknown:
        """Return the link with this reference, or None."""

        def read(skip: int) -> Sequence[dict[str, Any]]:
            page = {"reference_id": reference_id, "count": PAGE, "skip": skip}
            found = self._client.payment_link.all(page)
            return entities.read_items(found, "payment_links")

        def fetch() -> ProviderLink | None:
            # Razorpay sometimes ignores the filter: every link is then listed.
            found = every_item(read, until=lambda one: _refers(one, reference_id))
            ours = [one for one in found if _refers(one, reference_id)]
            return entities.read_link(ours[0]) if ours else None

        return _call(fetch)

    def fetch_link(self, link_id: str) -> Done[ProviderLink] | Refused | Unknown:
        """Return a link."""
        _check("plink", link_id)
        return _call(
            lambda: _same(
                link_id, entities.read_link(self._client.payment_link.fetch(link_id))
            )
        )

    def cancel_link(self, link_id: str) -> Done[ProviderLink] | Refused | Unknown:
        """Cancel an unpaid link."""
        _check("plink", link_id)
        return _call(
            lambda: _same(
                link_id, entities.read_link(self._client.payment_link.cancel(link_id))
            )
        )

    def payments_of(
        self, order_id: str
    ) -> Done[tuple[ProviderPayment, ...]] | Refused | Unknown:
        """Return every attempt to pay a Razorpay order."""
        _check("order", order_id)

        def fetch() -> tuple[ProviderPayment, ...]:
            items = entities.read_items(self._client.order.payments(order_id))
            return tuple(entities.read_payment(item) for item in items)

        return _call(fetch)

    def snapshot(
        self, link: ProviderLink | None, known_order_id: str | None = None
    ) -> Done[Snapshot] | Refused | Unknown:
        """Return a link together with the payments of its order.

        The link alone is not enough: an expired link can have a captured payment. The
        order that is known replaces the one that an answer has left out.
        """
        order_id = (link.order_id or known_order_id) if link else None
        if order_id is None:
            if link is not None and link.is_paid:
                return UnreadableAnswer("a paid link without its order")
            return Done(Snapshot(link))
        payments = self.payments_of(order_id)
        if isinstance(payments, Done):
            return Done(Snapshot(link, payments.value))
        return payments

    def refund(
        self, payment_id: str, amount: Decimal, key: str, notes: dict[str, str]
    ) -> Done[ProviderRefund] | Refused | Unknown:
        """Refund once for each key; the receipt has the same value."""
        _check("pay", payment_id)
        body = {
            "amount": entities.paise(amount),
            "speed": "normal",
            "receipt": key,
            "notes": notes,
        }
        headers = {"X-Refund-Idempotency": key}  # a new dict: the client changes it
        return _call(
            lambda: entities.read_refund(
                self._client.payment.refund(payment_id, body, headers=headers)
            )
        )

    def refunds_of(
        self, payment_id: str
    ) -> Done[tuple[ProviderRefund, ...]] | Refused | Unknown:
        """Return every refund of a payment, whoever made it; the order is not fixed."""
        _check("pay", payment_id)

        def fetch(skip: int) -> Sequence[dict[str, Any]]:
            page = {"count": PAGE, "skip": skip}
            return entities.read_items(
                self._client.payment.fetch_multiple_refund(payment_id, page)
            )

        return _call(lambda: tuple(map(entities.read_refund, every_item(fetch))))

    def fetch_payment(
        self, payment_id: str
    ) -> Done[ProviderPayment] | Refused | Unknown:
        """Return an attempt to pay, with the sum of its refunds."""
        _check("pay", payment_id)
        return _call(
            lambda: _same(
                payment_id,
                entities.read_payment(self._client.payment.fetch(payment_id)),
            )
        )

    def fetch_refund(
        self, payment_id: str, refund_id: str
    ) -> Done[ProviderRefund] | Refused | Unknown:
        """Return a refund."""
        _check("pay", payment_id)
        _check("rfnd", refund_id)
        return _call(
            lambda: _same(
                refund_id,
                entities.read_refund(
                    self._client.payment.fetch_refund_id(payment_id, refund_id)
                ),
            )
        )

    def fetch_dispute(
        self, dispute_id: str
    ) -> Done[ProviderDispute] | Refused | Unknown:
        """Return a dispute."""
        _check("disp", dispute_id)
        return _call(
            lambda: entities.read_dispute(self._client.dispute.fetch(dispute_id))
        )

    def read(self, reader: Callable[[Any], Value]) -> Done[Value] | Refused | Unknown:
        """Call one of `razorpay.account`'s readers."""
        return _call(lambda: reader(self._client))

    def is_callback(self, callback: Callback, signature: str) -> bool:
        """Return whether Razorpay has signed a callback with the key's secret."""
        return is_signed(callback.message(), signature, self._auth[1])


def _check(prefix: str, value: str) -> None:
    """Raise ValueError for another value: the client puts it into the path."""
    if not entities.is_id(prefix, value):
        raise ValueError(f"not a {prefix} id")


def _refers(entity: dict[str, Any], reference_id: str) -> bool:
    return bool(entity.get("reference_id") == reference_id)


def _same(wanted: str, found: Entity) -> Entity:
    """Return an entity, or raise UnreadableAnswer for another one than requested."""
    if found.id != wanted:
        raise UnreadableAnswer(f"an answer about {found.id}")
    return found


def _call(call: Callable[[], Value]) -> Done[Value] | Refused | Unknown:
    try:
        return Done(call())
    except Refusal as refusal:
        return Refused(str(refusal), refusal.data)
    except Unknown as unknown:
        return unknown
    except Exception as error:  # such as a secret that fits into no HTTP header
        logging.get().error("call to razorpay failed", exc_info=error)
        return ProviderProblem(CALL_FAILED, type(error).__name__)


def init_app(app: Flask, settings: Settings) -> None:
    """Make the app's RazorpayService."""
    app.extensions["razorpay"] = RazorpayService(
        settings.razorpay_key_id,
        settings.razorpay_key_secret,
        settings.razorpay_base_url,
    )


def current() -> RazorpayService:
    """Return the current app's RazorpayService."""
    return cast("RazorpayService", current_app.extensions["razorpay"])


__all__ = ["RazorpayService", "current", "init_app"]
