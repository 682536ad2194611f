"""Prepares a run: scarce products, customers, and the decisions of staff."""

import random
import uuid
from collections.abc import Callable, Iterable
from http.client import UNAUTHORIZED
from typing import Any

from devtools.layout import SANDBOX, SERVICES
from devtools.local.environment import mail_folder
from verification.faults.alerts import unfinished_payments, waiting_refunds
from verification.faults.browser import TIMEOUT, Browser, Reply
from verification.faults.history import INFO, History
from verification.faults.panel import Panel
from verification.faults.running import RunningShop
from verification.faults.shopping import Customer, Market
from verification.faults.stack import Stack

STARTING = 30.0  # two shops may start at the same time, and no fault is active yet
# A busy machine may answer an order later than a customer's timeout. It is not lost:
# who asks again gets 409 until it is placed. Other refusals are not asked for longer.
PATIENCE = 5
CUSTOMERS = ("asha", "bilal", "chitra", "dev", "esha", "farid")
# Some products sell out at once, others never: both cases are wanted.
STOCK = (3, 8, 15, 40, 400, 4000)
PRICES = ("49.00", "120.50", "999.99", "15.75", "310.00", "75.25")


def proxied(stack: Stack) -> dict[str, str]:
    """Return the addresses that clients use, behind the proxy."""
    return {name: stack.proxy.address(f"client>{name}") for name in SERVICES}


def direct(shop: RunningShop) -> dict[str, str]:
    """Return the addresses without the proxy."""
    return {name: shop.site.address(name) for name in SERVICES}


def sign_in(shop: RunningShop, role: str, addresses: dict[str, str]) -> Browser:
    """Return a browser signed in as the shop's own staff or admin."""
    accounts = shop.site.accounts()
    body = {
        "email": accounts[f"DEMO_{role}_EMAIL"],
        "password": accounts[f"DEMO_{role}_PASSWORD"],
    }
    browser = Browser(direct(shop), STARTING)
    reply = browser.call("POST", "user-svc", "/user/login/", json=body)
    if not reply.is_ok:
        raise RuntimeError(f"{role} cannot sign in: {reply}")
    browser.timeout = TIMEOUT
    browser.token, browser.addresses = reply.data["access_token"], addresses
    return browser


def open_market(stack: Stack, history: History) -> tuple[Market, dict[int, int]]:
    """Put scarce products on sale; return the market and the stock by product id."""
    staff = sign_in(stack, "STAFF", direct(stack))
    stock = {}
    for number, (quantity, price) in enumerate(zip(STOCK, PRICES, strict=True)):
        body = {
            "name": f"Scarce thing {number}",
            "price": price,
            "stock_quantity": quantity,
        }
        made = staff.call("POST", "product-svc", "/products/", json=body)
        if not made.is_ok:
            raise RuntimeError(f"no product: {made}")
        stock[int(made.data["id"])] = quantity
    staff.addresses = proxied(stack)
    market = Market(
        addresses=proxied(stack),
        history=history,
        products=list(stock),
        staff=staff,
        sandbox=stack.site.address(SANDBOX),
        mails=mail_folder(),
    )
    return market, stock


def let_in(stack: Stack, market: Market, seed: str) -> list[Customer]:
    """Register the customers, before any fault starts."""
    return _registered(stack, market, CUSTOMERS, seed)


def _registered(
    stack: Stack, market: Market, names: Iterable[str], seed: str
) -> list[Customer]:
    customers = [Customer(market, name, f"{seed}:{name}") for name in names]
    for customer in customers:
        customer.browser.addresses = direct(stack)
        customer.register()
        customer.browser.addresses = proxied(stack)
    return customers


def let_in_hostile(stack: Stack, market: Market, customers: list[Customer]) -> None:
    """Give the hostile clients an account, and the other customers' addresses."""
    (mallory,) = _registered(stack, market, ("mallory",), "hostile")
    accounts, note = stack.site.accounts(), market.history.note
    market.patience = PATIENCE
    stack.hostile.token = mallory.browser.token
    stack.hostile.emails = (
        accounts["DEMO_STAFF_EMAIL"],
        *(customer.email for customer in customers),
    )
    stack.hostile.complain = lambda text: note(
        mallory.name, "complain", INFO, complaint=text
    )


def decisions(stack: Stack, seed: str) -> Callable[[], None]:
    """Return a function that decides what waits for an admin.

    Payments under review are accepted or rejected; refunds that wait for a lost dispute
    are sent despite it; the rest of a payment is refunded if a refund of it failed.
    """
    admin, choice = Admin(stack), random.Random(seed)

    def decide() -> None:
        for payment in admin.pending_payments():
            if payment["amount_captured"] is not None:  # else it is not paid
                admin.resolve(payment["id"], choice.choice(("accept", "refund")))
        if waiting := waiting_refunds(stack.urls["payment-svc"]):
            admin.refund_despite(waiting)
        for payment_id in unfinished_payments(stack.urls["payment-svc"]):
            admin.refund_rest(payment_id)

    return decide


class Admin:
    """An admin, who signs in again when the moved clock has ended the session."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.browser = sign_in(stack, "ADMIN", direct(stack))

    def pending_payments(self) -> list[dict[str, Any]]:
        """Return the payments whose status is PENDING, the first page of them."""
        reply = self._call("GET", "/payments/?status=PENDING")
        return list(reply.data["data"]) if reply.is_ok else []

    def resolve(self, payment_id: int, decision: str) -> None:
        """Accept or reject a payment under review."""
        body = {"decision": decision, "note": "decided at the end of a run"}
        self._call("POST", f"/payments/{payment_id}/resolve/", json=body)

    def refund_despite(self, refund_ids: list[int]) -> None:
        """Send refunds despite a dispute, in the staff panel."""
        accounts = self.stack.site.accounts()
        names = {"email": "DEMO_ADMIN_EMAIL", "password": "DEMO_ADMIN_PASSWORD"}
        account = {field: accounts[name] for field, name in names.items()}
        panel = Panel(self.stack.site.address("payment-svc"), account)
        panel.refund_despite(refund_ids)

    def refund_rest(self, payment_id: int) -> None:
        """Refund what is left of a payment."""
        body = {"reason": "an earlier refund failed"}
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        path = f"/payments/{payment_id}/refund/"
        self._call("POST", path, json=body, headers=headers)

    def _call(self, method: str, path: str, **more: Any) -> Reply:
        reply = self.browser.call(method, "payment-svc", path, **more)
        if reply.status == UNAUTHORIZED:
            self.browser = sign_in(self.stack, "ADMIN", direct(self.stack))
            reply = self.browser.call(method, "payment-svc", path, **more)
        return reply
