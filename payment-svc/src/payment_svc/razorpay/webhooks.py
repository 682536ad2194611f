"""The ids that a webhook of Razorpay mentions."""

import json
from collections.abc import Iterator
from typing import Any


class WebhookPayload:
    """The ids in the JSON of a webhook, whatever its shape."""

    def __init__(self, body: Any) -> None:
        self._body = body if isinstance(body, dict) else {}
        event = next(iter(_texts(self._body.get("event"))), "")
        self.event = event[:80]

    def of(self, name: str) -> dict[str, Any]:
        """Return an entity of the payload, or {}."""
        node: Any = self._body
        for key in ("payload", name, "entity"):
            node = node.get(key) if isinstance(node, dict) else None
        return node if isinstance(node, dict) else {}

    @property
    def natural_key(self) -> str | None:
        """Return the event's name with the id of its entity."""
        for name in ("refund", "payment", "payment_link", "order"):
            found = _texts(self.of(name).get("id"))
            if found and self.event:
                return f"{self.event}:{found[0]}"[:200]
        return None

    def link_ids(self) -> list[str]:
        """Return the ids of payment links; a payment has them in its description."""
        about = _texts(self.of("payment").get("description"))
        ids = [f"plink_{text[1:]}" for text in about if text.startswith("#")]
        return ids + _texts(self.of("payment_link").get("id"))

    def order_ids(self) -> list[str]:
        """Return Razorpay's order ids, with a prefix where Razorpay left it out."""
        found = _texts(
            self.of("order").get("id"),
            self.of("payment").get("order_id"),
            self.of("payment_link").get("order_id"),
        )
        return [f"order_{text.removeprefix('order_')}" for text in found]

    def receipts(self) -> list[str]:
        """Return the receipts that this service gave to Razorpay."""
        return list(self._receipts())

    def _receipts(self) -> Iterator[str]:
        yield from _texts(
            self.of("payment_link").get("reference_id"), self.of("order").get("receipt")
        )
        notes = self.of("payment").get("notes")
        if isinstance(notes, dict):
            yield from _texts(notes.get("receipt"))

    def payment_ids(self) -> list[str]:
        """Return Razorpay's payment ids."""
        return _texts(self.of("payment").get("id"), self.of("refund").get("payment_id"))

    def refund_receipts(self) -> list[str]:
        """Return the receipts of refunds, which are their idempotency keys."""
        return _texts(self.of("refund").get("receipt"))

    def refund_ids(self) -> list[str]:
        """Return Razorpay's refund ids."""
        return _texts(self.of("refund").get("id"))


def _texts(*values: Any) -> list[str]:
    usable = (v for v in values if isinstance(v, str) and 0 < len(v) <= 255)
    return [text for text in usable if "\x00" not in text and text.isprintable()]


def read_webhook(body: bytes) -> WebhookPayload:
    """Read the body of a webhook; invalid JSON gives an empty payload."""
    try:
        return WebhookPayload(json.loads(body))
    except (ValueError, RecursionError):
        return WebhookPayload(None)
