"""Signs callbacks and webhooks as Razorpay does.

The made-up signature of a case is always refused. Every second one is replaced by that
of the shop's own secret, so that the code behind the check is fuzzed too.
"""

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from payment_svc.razorpay.signatures import Callback, sign

WEBHOOK = "/payments/webhook/"
CALLBACK = "/payments/payment_link_callback/"
HEADER = "X-Razorpay-Signature"
PREFIX = "razorpay_payment_link_"
ENTITIES = ("payment_link", "payment", "order", "refund", "dispute")
EVENTS = (
    "payment_link.paid",
    "payment_link.expired",
    "payment.captured",
    "refund.processed",
    "payment.dispute.created",
)
SHARE = 2


@dataclass
class Signer:
    """Signs with the secrets of a shop; `links` are pairs of a link and a reference."""

    key_secret: str = ""
    webhook_secret: str = ""
    links: list[list[str]] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def callback(self, query: Any) -> None:
        """Sign the parameters of every second callback, half of a link that exists."""
        number = next(self.numbers)
        if not isinstance(query, dict) or number % SHARE:
            return
        if self.links and number % (2 * SHARE) == 0:
            link = self.links[number // (2 * SHARE) % len(self.links)]
            query[f"{PREFIX}id"], query[f"{PREFIX}reference_id"] = link
        names = (f"{PREFIX}id", f"{PREFIX}reference_id", f"{PREFIX}status")
        given = [query.get(name) for name in (*names, "razorpay_payment_id")]
        message = Callback(*map(str, given)).message()
        query["razorpay_signature"] = sign(message, self.key_secret)

    def webhook(self, body: Any, headers: Any) -> Any:
        """Sign every second webhook, half as an event; return the body to send.

        The signature is that of the bytes that requests makes of the body. The body
        stays a value: Schemathesis believes no bytes to fit a schema.
        """
        number = next(self.numbers)
        if number % SHARE:
            return body
        # For Schemathesis a signed null is a request without its body.
        if body is None or number % (2 * SHARE) == 0:
            body = self._event(body, number // (2 * SHARE))
        headers[HEADER] = sign(json.dumps(body).encode(), self.webhook_secret)
        return body

    def _event(self, value: Any, number: int) -> dict[str, Any]:
        """Return an event whose entities hold the generated value."""
        entity = value if isinstance(value, dict) else {"id": value, "notes": value}
        if self.links:
            link, reference = self.links[number % len(self.links)]
            entity = {**entity, "reference_id": reference, "order_id": value}
            entity["description"] = f"#{link.removeprefix('plink_')}"
        payload = {name: {"entity": entity} for name in ENTITIES}
        return {"event": EVENTS[number % len(EVENTS)], "payload": payload}
