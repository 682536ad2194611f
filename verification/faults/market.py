"""Prepares a run: scarce products, customers, and the decisions of staff."""

import random
from collections.abc import Callable

from devtools.layout import SANDBOX, SERVICES
from devtools.local.environment import mail_folder
from verification.faults.browser import Browser
from verification.faults.history import History
from verification.faults.running import RunningShop
from verification.faults.shopping import Customer, Market
from verification.faults.stack import Stack

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
    browser = Browser(direct(shop))
    reply = browser.call("POST", "user-svc", "/user/login/", json=body)
    if not reply.is_ok:
        raise RuntimeError(f"{role} cannot sign in: {reply}")
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
    customers = [Customer(market, name, f"{seed}:{name}") for name in CUSTOMERS]
    for customer in customers:
        customer.browser.addresses = direct(stack)
        customer.register()
        customer.browser.addresses = proxied(stack)
    return customers


def decisions(stack: Stack, seed: str) -> Callable[[], None]:
    """Return a function that decides all payments under review."""
    admin, choice = sign_in(stack, "ADMIN", direct(stack)), random.Random(seed)

    def decide() -> None:
        path = "/payments/?status=PENDING"
        reply = admin.call("GET", "payment-svc", path)
        pending = reply.data["data"] if reply.is_ok else []
        for payment in pending:
            if payment["amount_captured"] is None:
                continue  # not paid; a payment under review has an amount
            body = {
                "decision": choice.choice(("accept", "refund")),
                "note": "decided at the end of a run",
            }
            path = f"/payments/{payment['id']}/resolve/"
            admin.call("POST", "payment-svc", path, json=body)

    return decide
