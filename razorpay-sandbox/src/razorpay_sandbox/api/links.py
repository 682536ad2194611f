"""Payment links: /v1/payment_links."""

from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy import ColumnElement, select

from razorpay_sandbox import entities, links
from razorpay_sandbox.api.common import list_page, sandbox
from razorpay_sandbox.errors import LinkError, answer
from razorpay_sandbox.json_body import read_object
from razorpay_sandbox.link_rules import BAD_JSON
from razorpay_sandbox.models import Link, Payment
from razorpay_sandbox.unit_of_work import UnitOfWork

blp = Blueprint("payment_links", __name__, url_prefix="/payment_links")


@blp.post("/")
def create() -> Response:
    """Create a link."""
    data = read_object(BAD_JSON)
    with sandbox().work() as work:
        return _answer(entities.link_created(links.create(work, data)))


@blp.get("/")
def search() -> Response:
    """List links under the key `payment_links`; other resources use `items`."""
    with sandbox().work() as work:
        rows = list_page(work, Link, _conditions(), lambda text, _: LinkError(text))
        shown = [entities.link_listed(link) for link in rows]
    return _answer({"payment_links": shown})


@blp.get("/<link_id>")
def fetch(link_id: str) -> Response:
    """Fetch a link."""
    with sandbox().work() as work:
        return _answer(link_with_payments(work, links.get(work, link_id)))


@blp.patch("/<link_id>")
def edit(link_id: str) -> Response:
    """Update an open link."""
    data = read_object(BAD_JSON)
    with sandbox().work() as work:
        link = links.get(work, link_id)
        links.edit(work, link, data)
        return _answer(link_with_payments(work, link))


@blp.post("/<link_id>/cancel")
def cancel(link_id: str) -> Response:
    """Cancel a link."""
    read_object(BAD_JSON)
    with sandbox().work() as work:
        link = links.get(work, link_id)
        links.cancel(work, link)
        return _answer(link_with_payments(work, link))


@blp.post("/<link_id>/notify_by/<medium>")
def notify_by(link_id: str, medium: str) -> Response:
    """Resend the link by SMS or email."""
    read_object(BAD_JSON)
    with sandbox().work() as work:
        return _answer(links.notify(links.get(work, link_id, "id"), medium))


def link_with_payments(work: UnitOfWork, link: Link) -> dict[str, Any]:
    """Return a link with its payments, as the fetch endpoint shows it."""
    return entities.link_fetched(link, links.own_payments(work, link))


def _conditions() -> list[ColumnElement[bool]]:
    conditions = []
    if reference_id := request.args.get("reference_id"):
        conditions.append(Link.reference_id == reference_id)
    if payment_id := request.args.get("payment_id"):
        paid = select(Payment.link_id).where(Payment.id == payment_id)
        conditions.append(Link.id.in_(paid))
    return conditions


def _answer(body: dict[str, Any]) -> Response:
    return answer(body, sort_keys=True)
