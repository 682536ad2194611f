"""Readers of Razorpay's JSON; an undocumented shape raises UnreadableAnswer."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from payment_svc.razorpay.attempts import read_attempt
from payment_svc.razorpay.causes import BrokenList, UnreadableAnswer
from payment_svc.razorpay.registration import Registration
from payment_svc.razorpay.types import (
    ProviderDispute,
    ProviderLink,
    ProviderPayment,
    ProviderRefund,
)

ID = re.compile(r"(plink|order|pay|rfnd|disp)_[A-Za-z0-9]{14}")
MOST = 10**10  # paise: what the payment's column holds
LATEST = 2**37  # seconds, the year 6325; datetime ends at 9999
_ABSENT = object()


def is_id(prefix: str, value: object) -> bool:
    """Return whether a value is an id such as `pay_` and 14 letters or digits."""
    whole = isinstance(value, str) and ID.fullmatch(value)
    return bool(whole) and str(value).startswith(f"{prefix}_")


def paise(amount: Decimal) -> int:
    """Return an amount in paise, Razorpay's unit."""
    return int(amount * 100)


def _amount(entity: dict[str, Any], name: str = "amount") -> Decimal:
    value = entity.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < MOST:
        raise UnreadableAnswer(f"{name} is not an amount")
    return Decimal(value) / 100


def _printable(value: object) -> str:
    """Return a text of a person, on one line."""
    text = value if isinstance(value, str) else ""
    return "".join(letter if letter.isprintable() else " " for letter in text)[:255]


def _text(entity: dict[str, Any], name: str, most: int = 255) -> str:
    value = entity.get(name)
    if not isinstance(value, str) or len(value) > most or not value.isprintable():
        raise UnreadableAnswer(f"{name} is not a text")
    return value


def _id(entity: dict[str, Any], prefix: str, name: str = "id") -> str:
    value = entity.get(name)
    if not is_id(prefix, value):
        raise UnreadableAnswer(f"{name} is not a {prefix} id")
    return str(value)


def _seconds(entity: dict[str, Any], name: str) -> int:
    value = entity.get(name)
    known = isinstance(value, int) and not isinstance(value, bool)
    return value if known and 0 <= value < LATEST else 0  # type: ignore[operator,return-value]


def _find_moment(entity: dict[str, Any], name: str) -> datetime | None:
    """Return a time that Razorpay may leave out, or None for another shape."""
    seconds = _seconds(entity, name)
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def _find_amount(entity: dict[str, Any], name: str) -> Decimal | None:
    """Return an amount that Razorpay may leave out, or None for another shape."""
    try:
        return _amount(entity, name)
    except UnreadableAnswer:
        return None


def _find_text(entity: dict[str, Any], name: str, most: int = 255) -> str | None:
    """Return a text that Razorpay may leave out, or None for another shape."""
    try:
        return _text(entity, name, most) or None
    except UnreadableAnswer:
        return None


def _find_offer(entity: dict[str, Any]) -> str | None:
    """Return the id of the offer with which a payment was made.

    Razorpay names it in `offer_id`, or in the collection `offers`.
    """
    offers = entity.get("offers")
    items = offers.get("items") if isinstance(offers, dict) else None
    first = items[0] if isinstance(items, list) and items else None
    listed = first if isinstance(first, dict) else {}
    return _find_text(entity, "offer_id", 40) or _find_text(listed, "id", 40)


def read_link(entity: dict[str, Any]) -> ProviderLink:
    """Return a payment link, or raise UnreadableAnswer for another shape."""
    has_order = entity.get("order_id") not in (None, "")
    return ProviderLink(
        id=_id(entity, "plink"),
        short_url=_text(entity, "short_url"),
        status=_text(entity, "status", 20),
        amount=_amount(entity),
        currency=_text(entity, "currency", 3),
        reference_id=_text(entity, "reference_id", 40),
        order_id=_id(entity, "order", "order_id") if has_order else None,
        expire_by=_find_moment(entity, "expire_by"),
    )


def read_payment(entity: dict[str, Any]) -> ProviderPayment:
    """Return a payment; a refunded one counts as captured if `captured` is true."""
    status = _text(entity, "status", 20)
    was_captured = status == "refunded" and entity.get("captured") is True
    return ProviderPayment(
        id=_id(entity, "pay"),
        amount=_amount(entity),
        currency=_text(entity, "currency", 3),
        status=status,
        is_captured=status == "captured" or was_captured,
        created_at=_seconds(entity, "created_at"),
        amount_refunded=_find_amount(entity, "amount_refunded"),
        attempt=read_attempt(entity),
        fee=_find_amount(entity, "fee"),
        tax=_find_amount(entity, "tax"),
        fee_bearer=_find_text(entity, "fee_bearer", 20),
        offer_id=_find_offer(entity),
    )


def read_refund(entity: dict[str, Any]) -> ProviderRefund:
    """Return a refund; all that names its origin is optional."""
    notes = entity.get("notes")
    notes = notes if isinstance(notes, dict) else {}  # [] when empty
    return ProviderRefund(
        id=_id(entity, "rfnd"),
        amount=_amount(entity),
        status=_text(entity, "status", 20),
        receipt=_find_text(entity, "receipt"),
        payment_id=_find_text(entity, "payment_id"),
        currency=_find_text(entity, "currency"),
        key=_find_text(notes, "refund"),
        comment=_printable(notes.get("comment")),
        made_at=_find_moment(entity, "created_at"),
    )


def read_dispute(entity: dict[str, Any]) -> ProviderDispute:
    """Return a dispute; raise UnreadableAnswer without id, phase, status or amount.

    Unknown phases, statuses and reasons are kept as they are. Nothing is read from the
    evidence, which stands in different places.
    """
    return ProviderDispute(
        id=_id(entity, "disp"),
        payment_id=_find_text(entity, "payment_id") or "",
        phase=_text(entity, "phase", 40),
        status=_text(entity, "status", 40),
        amount=_amount(entity),
        amount_deducted=_find_amount(entity, "amount_deducted") or Decimal("0.00"),
        currency=(_find_text(entity, "currency") or "INR")[:3],
        reason_code=_find_text(entity, "reason_code") or "",
        respond_by=_find_moment(entity, "respond_by"),
        opened_at=_find_moment(entity, "created_at"),
    )


def read_registration(entity: dict[str, Any]) -> Registration:
    """Return a registered webhook; `events` is an object such as {name: true}."""
    events = entity.get("events")
    if not isinstance(events, dict):
        raise UnreadableAnswer("events is not an object")
    return Registration(
        url=_text(entity, "url"),
        is_active=entity.get("active") is True,
        events=frozenset(name for name, is_selected in events.items() if is_selected),
    )


def read_items(entity: dict[str, Any], name: str = "items") -> list[dict[str, Any]]:
    """Return the members of a collection (`payment_links` names its own).

    Raises BrokenList for a list that cannot be complete. `count` is the number of
    items in this answer; links have none.
    """
    found = entity.get(name, _ABSENT)
    if not isinstance(found, list) or not all(isinstance(x, dict) for x in found):
        raise BrokenList(f"{name} is not a list")
    count = entity.get("count")
    if isinstance(count, int) and count > len(found):
        raise BrokenList(f"{name} has {len(found)} of {count} entities")
    ids = [x["id"] for x in found if isinstance(x.get("id"), str)]
    if len(set(ids)) < len(ids):
        raise BrokenList(f"{name} has an entity twice")
    return found
