"""The steps of the demo: each performs one action, checks it, and describes it."""

import secrets
import uuid
from dataclasses import dataclass, field
from typing import Any

from devtools.demo.client import Client, DemoFailed, until

WORD = "cotton"
QUANTITIES = (2, 1)


@dataclass
class Demo:
    """The data that the steps share."""

    client: Client
    correlation_id: str = field(default_factory=lambda: f"demo-{secrets.token_hex(4)}")
    email: str = field(default_factory=lambda: f"asha.{uuid.uuid4().hex}@shop.example")
    password: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    products: list[Any] = field(default_factory=list)
    before: dict[int, int] = field(default_factory=dict)
    order: Any = None
    link: str = ""

    @property
    def lines(self) -> dict[int, int]:
        """The quantities ordered, by product id."""
        ids = [product["id"] for product in self.products]
        return dict(zip(ids, QUANTITIES, strict=True))

    def stock(self) -> dict[int, int]:
        """Return the available quantity of each chosen product."""
        return {p["id"]: self.client.available(p["id"]) for p in self.products}


def register(demo: Demo) -> str:
    """Register a customer."""
    body = {"name": "Asha Rao", "email": demo.email, "password": demo.password}
    user = demo.client.call("POST", "user-svc", "/user/register/", 201, json=body)
    return f"user {user['id']}, {user['name']}"


def sign_in(demo: Demo) -> str:
    """Sign in."""
    body = {"email": demo.email, "password": demo.password}
    tokens = demo.client.call("POST", "user-svc", "/user/login/", json=body)
    demo.client.token = tokens["access_token"]
    return f"a token for {tokens['expires_in']} s"


def search(demo: Demo) -> str:
    """Search the catalogue."""
    path = f"/products/?q={WORD}&in_stock=true&sort=-stock_quantity"
    found = demo.client.call("GET", "product-svc", path)["data"]
    if len(found) < len(QUANTITIES):
        raise DemoFailed(f"a search for {WORD!r} finds {len(found)} products")
    demo.products = found[: len(QUANTITIES)]
    demo.before = demo.stock()
    names = " and ".join(product["name"] for product in demo.products)
    return f"{WORD!r} finds {len(found)}; chosen: {names}"


def place(demo: Demo) -> str:
    """Order two products."""
    demo.order = demo.client.place(demo.lines, demo.correlation_id)
    return f"order {demo.order['id']}, ₹{demo.order['total_price']}"


def wait_for_link(demo: Demo) -> str:
    """Wait for the payment link."""
    demo.link = demo.client.until_link(demo.order["id"])
    return demo.link


def pay(demo: Demo) -> str:
    """Pay on Razorpay's page."""
    return "back at " + demo.client.pay(demo.link).partition("?")[0]


def wait_for_success(demo: Demo) -> str:
    """Wait until the order is paid."""
    order = demo.client.until_status(demo.order["id"], "success")
    return f"order {order['id']} is {order['status']} ({order['status_display']})"


def compare_stock(demo: Demo) -> str:
    """Check that the stock went down."""
    wanted = {key: demo.before[key] - n for key, n in demo.lines.items()}
    until(lambda: demo.stock() == wanted, f"the stock becomes {wanted}")
    shown = (f"{demo.before[key]} → {n}" for key, n in wanted.items())
    return ", ".join(shown)


def cancel(demo: Demo) -> str:
    """Order one more and cancel it."""
    product_id, before, order = _one_more(demo)
    path = f"/orders/{order['id']}/cancel/"
    demo.client.call("POST", "order-svc", path, 202)
    order = demo.client.until_status(order["id"], "cancelled")
    return _stock_is_back(demo, order, product_id, before)


def expire(demo: Demo) -> str:
    """Order one more and let its link expire."""
    product_id, before, order = _one_more(demo)
    payment = demo.client.payment(order["id"])
    demo.client.expire(payment["razorpay_payment_link_id"])
    order = demo.client.until_status(order["id"], "failed")
    return _stock_is_back(demo, order, product_id, before)


def _one_more(demo: Demo) -> tuple[int, int, Any]:
    """Order one of the first product; return its id, its stock before, the order."""
    product_id = demo.products[0]["id"]
    before = demo.client.available(product_id)
    correlation_id = f"demo-{secrets.token_hex(4)}"
    order = demo.client.place({product_id: 1}, correlation_id)
    if demo.client.available(product_id) != before - 1:
        raise DemoFailed(f"order {order['id']} reserved nothing")
    demo.client.until_link(order["id"])
    return product_id, before, order


def _stock_is_back(demo: Demo, order: Any, product_id: int, before: int) -> str:
    demo.client.until_available(product_id, before)
    held = f"stock {before} → {before - 1} → {before}"
    return f"order {order['id']} is {order['status']}, {held}"


STEPS = {
    "Register a customer": register,
    "Sign in": sign_in,
    "Search": search,
    "Order two products": place,
    "Wait for the payment link": wait_for_link,
    "Pay on the sandbox's page": pay,
    "Wait for success": wait_for_success,
    "Stock before and after": compare_stock,
    "Cancel another order": cancel,
    "Let a payment expire": expire,
}
