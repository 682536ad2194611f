"""The payment page at a link's short_url, and an index of the newest links."""

from decimal import Decimal, InvalidOperation
from urllib.parse import urlencode, urlsplit, urlunsplit

from flask import Blueprint, Flask, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue

from razorpay_sandbox import orders, payments
from razorpay_sandbox.api.common import sandbox
from razorpay_sandbox.bank import METHODS
from razorpay_sandbox.config import Settings
from razorpay_sandbox.models import Link, Payment
from razorpay_sandbox.signatures import sign_callback
from razorpay_sandbox.unit_of_work import UnitOfWork

SHOWN_ON_INDEX = 50
blp = Blueprint("pages", __name__)


class AmountNotAccepted(ValueError):
    """The link does not accept this amount."""


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blp)
    app.add_template_filter(rupees)


def rupees(paise: int) -> str:
    """Format paise as rupees with Indian grouping: 12345600 becomes 1,23,456.00."""
    whole, rest = divmod(paise, 100)
    head, tail = str(whole)[:-3], str(whole)[-3:]
    groups = [tail]
    while head:
        head, group = head[:-2], head[-2:]
        groups.insert(0, group)
    return f"{','.join(groups)}.{rest:02}"


@blp.get("/")
def index() -> ResponseReturnValue:
    """Explain the sandbox and list its newest links."""
    with sandbox().work() as work:
        links = work.page(Link, [], SHOWN_ON_INDEX, 0)
        return render_template("index.html", links=links, settings=work.settings)


@blp.get("/l/<code>")
def show(code: str) -> ResponseReturnValue:
    """Show a link; create the order of an open link on the first visit."""
    with sandbox().work() as work:
        link = _get_link(work, code)
        if link.payable:
            orders.get_or_create(work, link)
        return _page(work, link)


@blp.post("/l/<code>/pay")
def pay(code: str) -> ResponseReturnValue:
    """Pay the link and redirect the browser to the shop."""
    with sandbox().work() as work:
        link = _get_link(work, code)
        if not payments.accepts_payment(work, link):
            return _refuse(work, link)
        try:
            payment = payments.pay(work, link, _method(), _amount(link))
        except AmountNotAccepted as error:
            return _page(work, link, problem=str(error)), 400
        if not link.callback_url:
            return redirect(f"/l/{link.code}", 303)
        return redirect(callback_url_of(work.settings, link, payment), 303)


@blp.post("/l/<code>/fail")
def fail(code: str) -> ResponseReturnValue:
    """Simulate a declined payment; the payer can try again."""
    with sandbox().work() as work:
        link = _get_link(work, code)
        if not payments.accepts_payment(work, link):
            return _refuse(work, link)
        payment = payments.attempt(work, link, _method(), declined=True)
        payments.fail(work, payment)
        return _page(work, link, outcome="failed", payment=payment)


@blp.post("/l/<code>/leave")
def leave(code: str) -> ResponseReturnValue:
    """Simulate a payer who leaves the bank's page; the payment stays pending."""
    with sandbox().work() as work:
        link = _get_link(work, code)
        if not payments.accepts_payment(work, link):
            return _refuse(work, link)
        payment = payments.attempt(work, link, _method())
        return _page(work, link, outcome="pending", payment=payment)


def callback_url_of(settings: Settings, link: Link, payment: Payment) -> str:
    """Return the callback URL with Razorpay's five parameters, signed."""
    signature = sign_callback(
        link.id, link.reference_id, link.status, payment.id, settings.key_secret
    )
    signed = {
        "razorpay_payment_id": payment.id,
        "razorpay_payment_link_id": link.id,
        "razorpay_payment_link_reference_id": link.reference_id,
        "razorpay_payment_link_status": link.status,
        "razorpay_signature": signature,
    }
    parts = urlsplit(link.callback_url)
    query = "&".join(filter(None, (parts.query, urlencode(signed))))
    return urlunsplit(parts._replace(query=query))


def _get_link(work: UnitOfWork, code: str) -> Link:
    link = work.find(Link, code=code)
    if link is None:
        abort(404)
    return link


def _refuse(work: UnitOfWork, link: Link) -> tuple[str, int]:
    problem = (
        "Another payment of this link is waiting for its capture."
        if link.payable
        else ""
    )
    return _page(work, link, problem=problem), 409


def _page(
    work: UnitOfWork,
    link: Link,
    *,
    outcome: str = "",
    problem: str = "",
    payment: Payment | None = None,
) -> str:
    work.session.flush()
    return render_template(
        "link.html",
        link=link,
        merchant=work.settings.merchant_name,
        outcome=outcome,
        problem=problem,
        payment=payment,
    )


def _method() -> str:
    method = request.form.get("method", METHODS[0])
    return method if method in METHODS else METHODS[0]


def _amount(link: Link) -> int | None:
    text = request.form.get("amount", "").strip()
    if not text or not link.accept_partial:
        return None
    try:
        paise = Decimal(text) * 100
    except InvalidOperation:
        raise AmountNotAccepted("Please enter the amount in rupees.") from None
    least = min(
        link.due, link.first_min_partial_amount if not link.amount_paid else 100
    )
    # Check the remainder last: Decimal cannot compute it for a huge number.
    if not paise.is_finite() or not least <= paise <= link.due or paise % 1:
        limits = f"₹{rupees(least)} to ₹{rupees(link.due)}"
        raise AmountNotAccepted(f"This link accepts {limits}.")
    return int(paise)
