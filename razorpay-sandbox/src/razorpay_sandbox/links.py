"""Create, fetch, update, cancel and expire payment links."""

from typing import Any

from sqlalchemy import select

from razorpay_sandbox import link_rules, webhooks
from razorpay_sandbox.errors import UNKNOWN_ID, LinkError
from razorpay_sandbox.ids import is_id, new_code, new_id
from razorpay_sandbox.models import OPEN, Link, Order, Payment, Reference
from razorpay_sandbox.unit_of_work import UnitOfWork

CANNOT_CANCEL = {
    "paid": "an already paid / partially paid link",
    "partially_paid": "an already paid / partially paid link",
    "cancelled": "a cancelled link",
    "expired": "an expired link",
}
MEDIA = ("sms", "email")


def create(work: UnitOfWork, data: dict[str, Any]) -> Link:
    """Create a link from a request body."""
    link_rules.check_create(data, work.now, work.settings.max_amount)
    reference_id = data.get("reference_id") or ""
    _refuse_used_reference(work, reference_id)
    link = work.add(_new_link(work, data))
    _claim_reference(work, link, reference_id)
    return link


def _new_link(work: UnitOfWork, data: dict[str, Any]) -> Link:
    code, partial = new_code(), data.get("accept_partial") or False
    expire_by = data.get("expire_by") or 0
    first = data.get("first_min_partial_amount") or min(100, data["amount"])
    return Link(
        id=new_id("plink"),
        code=code,
        amount=data["amount"],
        currency=data.get("currency") or "INR",
        accept_partial=partial,
        first_min_partial_amount=first if partial else 0,
        description=data.get("description") or "",
        reference_id=data.get("reference_id") or "",
        customer=data.get("customer"),
        notes=data.get("notes"),
        notify=_notify(data.get("notify") or {}),
        reminder_enable=data.get("reminder_enable") or False,
        callback_url=data.get("callback_url") or "",
        callback_method=data.get("callback_method") or "",
        short_url=f"{work.settings.public_url}/l/{code}",
        created_at=work.now,
        updated_at=work.now,
        expire_by=expire_by,
        deadline=expire_by or work.now + link_rules.SIX_MONTHS,
    )


def _notify(requested: dict[str, Any]) -> dict[str, Any]:
    return {key: requested.get(key) or False for key in ("email", "sms", "whatsapp")}


def _refuse_used_reference(work: UnitOfWork, reference_id: str) -> None:
    if reference_id and work.find(Reference, reference_id=reference_id):
        raise LinkError(
            f"payment link with given reference_id: {reference_id} already exists."
            " Please create a payment link with a different reference_id"
        )


def _claim_reference(work: UnitOfWork, link: Link, reference_id: str) -> None:
    if reference_id:
        work.add(Reference(reference_id=reference_id, link_id=link.id))


def get(work: UnitOfWork, link_id: str, name: str = "strippedId") -> Link:
    """Return a link; raise LinkError if it does not exist."""
    if not is_id("plink", link_id):
        shown = link_id if name == "id" else link_id.removeprefix("plink_")
        raise LinkError(f"invalid input [{name}] = [{shown}]")
    link = work.find(Link, id=link_id)
    if link is None:
        raise LinkError(UNKNOWN_ID)
    return link


def own_payments(work: UnitOfWork, link: Link) -> list[Payment]:
    """Return the captured payments that were added to the link's amount_paid."""
    query = select(Payment).where(Payment.link_id == link.id, Payment.on_link)
    return list(work.session.scalars(query.order_by(Payment.captured_at)))


def edit(work: UnitOfWork, link: Link, data: dict[str, Any]) -> None:
    """Update the editable fields of an open link."""
    if not link.payable:
        raise LinkError("update can only be made in created or partially paid state")
    link_rules.check_edit(data, work.now)
    if (reference_id := data.get("reference_id")) and reference_id != link.reference_id:
        _refuse_used_reference(work, reference_id)
        _claim_reference(work, link, reference_id)
    for key, value in data.items():
        if value is not None:
            setattr(link, key, value)
    _update_partial_payment(work, link)
    link.deadline = link.expire_by or link.created_at + link_rules.SIX_MONTHS
    link.updated_at = work.now


def _update_partial_payment(work: UnitOfWork, link: Link) -> None:
    link.first_min_partial_amount = (
        link.first_min_partial_amount or min(100, link.amount)
        if link.accept_partial
        else 0
    )
    if link.order_id is not None:
        order = work.session.get_one(Order, link.order_id)
        order.partial_payment = link.accept_partial


def cancel(work: UnitOfWork, link: Link) -> None:
    """Cancel a link that has received no payment."""
    if link.status in CANNOT_CANCEL:
        reason = CANNOT_CANCEL[link.status]
        raise LinkError(f"cannot cancel or expire {reason}")
    link.status = "cancelled"
    link.cancelled_at = link.updated_at = work.now
    webhooks.link_event(work, "payment_link.cancelled", link)


def notify(link: Link, medium: str) -> dict[str, bool]:
    """Simulate sending the link by SMS or email."""
    if medium not in MEDIA:
        raise LinkError("not a valid notification medium")
    return {"success": bool(link.id)}


def expire(work: UnitOfWork, link: Link) -> None:
    """Expire an open link; Razorpay does not change `updated_at` here."""
    link.status = "expired"
    link.expired_at = work.now
    webhooks.link_event(work, "payment_link.expired", link)


def expire_overdue(work: UnitOfWork) -> None:
    """Expire every open link whose deadline has passed."""
    query = select(Link).where(Link.status.in_(OPEN), Link.deadline <= work.now)
    for link in work.session.scalars(query).all():
        expire(work, link)
