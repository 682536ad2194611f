"""Readers of Razorpay's lists of payments, refunds and disputes, page by page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chassis.outcomes import Unknown
from payment_svc.razorpay import entities
from payment_svc.razorpay.pages import PAGE
from payment_svc.razorpay.types import ProviderPayment
from payment_svc.razorpay.webhooks import PaymentReferences, references_of


@dataclass(frozen=True)
class ListedPayment:
    """A payment of the list, and all by which the payment of its link is found."""

    payment: ProviderPayment
    references: PaymentReferences

    @property
    def id(self) -> str:
        """Return Razorpay's id."""
        return self.payment.id

    @property
    def status(self) -> str:
        """Return Razorpay's status."""
        return self.payment.status


@dataclass(frozen=True)
class Page:
    """A page: its entities, the ids of those that cannot be read, and its first id."""

    items: tuple[Any, ...] = ()
    unreadable: tuple[str, ...] = ()
    first_id: str | None = None

    @property
    def size(self) -> int:
        """Return the number of entities, with those that cannot be read."""
        return len(self.items) + len(self.unreadable)


def read_listed_payment(entity: dict[str, Any]) -> ListedPayment:
    """Return a payment with its references."""
    return ListedPayment(entities.read_payment(entity), references_of(entity))


READERS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "payments": read_listed_payment,
    "refunds": entities.read_refund,
    "disputes": entities.read_dispute,
}


def read_page(
    client: Any, listing: str, since: datetime, until: datetime, skip: int
) -> Page:
    """Return a page of what was created from `since` to `until`, both included."""
    resource = getattr(client, listing.removesuffix("s"))
    period = {"from": int(since.timestamp()), "to": int(until.timestamp())}
    found = resource.all({**period, "count": PAGE, "skip": skip})
    rows = entities.read_items(found)
    read = [_try(READERS[listing], row) for row in rows]
    return Page(
        items=tuple(item for item in read if item is not None),
        unreadable=tuple(
            _name(row) for row, item in zip(rows, read, strict=True) if item is None
        ),
        first_id=_name(rows[0]) if rows else None,
    )


def read_one(client: Any, listing: str, name: str) -> Any:
    """Return one entity of a list by its id: a list may lag behind.

    Returns None for an entity that cannot be read or has another id.
    """
    resource = getattr(client, listing.removesuffix("s"))
    found = _try(READERS[listing], resource.fetch(name))
    return found if found is not None and found.id == name else None


def _try(read: Callable[[dict[str, Any]], Any], row: dict[str, Any]) -> Any:
    """Return an entity, None if it cannot be read: the others are still compared."""
    try:
        return read(row)
    except Unknown:
        return None


def _name(row: dict[str, Any]) -> str:
    """Return the id of an entity of any shape as printable text."""
    text = str(row.get("id"))[:255]
    return "".join(letter if letter.isprintable() else "?" for letter in text)
