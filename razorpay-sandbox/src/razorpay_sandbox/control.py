"""The control API outside /v1: the witness's ledger, and things a person may do."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from flask import Blueprint, Flask, Response, request
from sqlalchemy import select

from razorpay_sandbox import entities, links, payments
from razorpay_sandbox.api.common import sandbox
from razorpay_sandbox.api.links import fetched
from razorpay_sandbox.banks import METHODS
from razorpay_sandbox.body import is_integer, read_object
from razorpay_sandbox.errors import ApiError, answer
from razorpay_sandbox.tables import Event, Link, Order, Payment, Refund
from razorpay_sandbox.work import Work

blp = Blueprint("control", __name__, url_prefix="/control")
PAY_FIELDS = {"amount", "late", "again", "capture", "method"}


class Impossible(ApiError):
    """What was asked cannot be done; the text says why."""

    def __init__(self, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.status = status

    def body(self) -> dict[str, Any]:
        """Return {"error": text}."""
        return {"error": self.description}


def init_app(app: Flask) -> None:
    """Serve the control API, unless the settings say no."""
    if app.extensions["sandbox"].settings.control:
        app.register_blueprint(blp)


@blp.get("/ledger/")
def ledger() -> Response:
    """Return everything that the sandbox knows; events with bodies on `?bodies=1`."""
    bodies = request.args.get("bodies") == "1"
    with sandbox().work() as work:
        found = {
            "links": _all(work, Link, lambda link: _link(work, link)),
            "orders": _all(work, Order, entities.order),
            "payments": _all(work, Payment, _payment),
            "refunds": _all(work, Refund, entities.refund),
            "events": _all(work, Event, lambda row: _event(row, bodies=bodies)),
        }
    return answer(found)


@blp.get("/links/")
def search() -> Response:
    """Return the links with a reference id, or all."""
    reference_id = request.args.get("reference_id")
    wanted = {"reference_id": reference_id} if reference_id else {}
    with sandbox().work() as work:
        rows = _all(work, Link, lambda link: _link(work, link), **wanted)
    return answer({"links": rows})


@blp.get("/links/<link_id>/")
def show(link_id: str) -> Response:
    """Return one link."""
    with sandbox().work() as work:
        return answer(_link(work, _get_link(work, link_id)))


@blp.post("/links/<link_id>/expire/")
def expire(link_id: str) -> Response:
    """Expire one open link now and send its webhook."""
    with sandbox().work() as work:
        link = _get_link(work, link_id)
        if not link.payable:
            raise Impossible(f"The link is {link.status}; only an open link expires.")
        links.expire(work, link)
        return answer(_link(work, link))


@blp.post("/links/<link_id>/pay/")
def pay(link_id: str) -> Response:
    """Pay a link, also wrongly, late or again; return the payment."""
    wish = _read_wish()
    with sandbox().work() as work:
        link = _get_link(work, link_id)
        _refuse_closed(link, wish)
        amount = wish.get("amount") or link.due or link.amount
        payment = payments.attempt(work, link, wish.get("method", "upi"), amount)
        payments.authorize(work, payment)
        if wish.get("capture", True):
            payments.capture(work, payment)
        return answer(_payment(payment))


def _read_wish() -> dict[str, Any]:
    wish = read_object(Impossible("The body must be a JSON object."))
    if extra := wish.keys() - PAY_FIELDS:
        raise Impossible(f"Unknown field: {', '.join(sorted(extra))}.")
    if not all(
        isinstance(wish.get(key, True), bool) for key in ("late", "again", "capture")
    ):
        raise Impossible("late, again and capture must be true or false.")
    amount = wish.get("amount", 1)
    if not is_integer(amount) or amount < 1:
        raise Impossible("amount must be a whole number of paise above 0.")
    if wish.get("method", "upi") not in METHODS:
        raise Impossible(f"method must be one of {', '.join(METHODS)}.")
    return wish


def _refuse_closed(link: Link, wish: dict[str, Any]) -> None:
    if wish.get("again") and link.status != "paid":
        raise Impossible(f"The link is {link.status}; only a paid link is paid again.")
    if link.status == "paid" and not wish.get("again"):
        raise Impossible('The link is paid; say {"again": true} to pay it twice.')
    if link.status in ("expired", "cancelled") and not wish.get("late"):
        raise Impossible(f'The link is {link.status}; say {{"late": true}} to pay it.')


def _get_link(work: Work, link_id: str) -> Link:
    link = work.find(Link, id=link_id)
    if link is None:
        raise Impossible(f"There is no link {link_id}.", 404)
    return link


def _all(
    work: Work, table: Any, shape: Callable[[Any], dict[str, Any]], **wanted: Any
) -> list[dict[str, Any]]:
    query = select(table).filter_by(**wanted).order_by(table.number)
    rows: Iterable[Any] = work.session.scalars(query)
    return [shape(row) for row in rows]


def _link(work: Work, link: Link) -> dict[str, Any]:
    return fetched(work, link) | {"payable": link.payable}


def _payment(payment: Payment) -> dict[str, Any]:
    return entities.payment(payment) | {"plink_id": payment.link_id}


def _event(row: Event, *, bodies: bool) -> dict[str, Any]:
    event = {
        "id": row.id,
        "event": row.event,
        "created_at": row.created_at,
        "attempts": row.attempts,
        "last_result": row.last_result,
        "delivered_at": row.delivered_at,
        "next_attempt_at": row.next_attempt_at,
    }
    return event | ({"body": json.loads(row.body)} if bodies else {})
