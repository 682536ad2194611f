"""The demo's steps: each does one thing, checks it, and says what it saw."""

import secrets
import uuid
from dataclasses import dataclass, field
from typing import Any

from devtools.demo.client import Client, NotHeld, until

WORD = "cotton"
QUANTITIES = (2, 1)


@dataclass
class Story:
    """What the steps know of each other's work."""

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
        """Return what can be had of each product of the story."""
        return {p["id"]: self.client.available(p["id"]) for p in self.products}


def register(story: Story) -> str:
    """Register a customer."""
    body = {"name": "Asha Rao", "email": story.email, "password": story.password}
    user = story.client.call("POST", "user-svc", "/user/register/", 201, json=body)
    return f"user {user['id']}, {user['name']}"


def sign_in(story: Story) -> str:
    """Sign in."""
    body = {"email": story.email, "password": story.password}
    tokens = story.client.call("POST", "user-svc", "/user/login/", json=body)
    story.client.token = tokens["access_token"]
    return f"a token for {tokens['expires_in']} s"


def search(story: Story) -> str:
    """Search the catalogue."""
    path = f"/products/?q={WORD}&in_stock=true&sort=-stock_quantity"
    found = story.client.call("GET", "product-svc", path)["data"]
    if len(found) < len(QUANTITIES):
        raise NotHeld(f"a search for {WORD!r} finds {len(found)} products")
    story.products = found[: len(QUANTITIES)]
    story.before = story.stock()
    names = " and ".join(product["name"] for product in story.products)
    return f"{WORD!r} finds {len(found)}; chosen: {names}"


def place(story: Story) -> str:
    """Order two products."""
    story.order = story.client.place(story.lines, story.correlation_id)
    return f"order {story.order['id']}, ₹{story.order['total_price']}"


def wait_for_link(story: Story) -> str:
    """Wait for the payment link."""
    story.link = story.client.until_link(story.order["id"])
    return story.link


def pay(story: Story) -> str:
    """Pay on Razorpay's page."""
    return "back at " + story.client.pay(story.link).partition("?")[0]


def wait_for_success(story: Story) -> str:
    """Wait until the order is paid."""
    order = story.client.until_status(story.order["id"], "success")
    return f"order {order['id']} is {order['status']} ({order['status_display']})"


def compare_stock(story: Story) -> str:
    """See that the stock went down."""
    wanted = {key: story.before[key] - n for key, n in story.lines.items()}
    until(lambda: story.stock() == wanted, f"the stock becomes {wanted}")
    shown = (f"{story.before[key]} → {n}" for key, n in wanted.items())
    return ", ".join(shown)


def cancel(story: Story) -> str:
    """Order one more and cancel it."""
    product_id, before, order = _one_more(story)
    path = f"/orders/{order['id']}/cancel/"
    story.client.call("POST", "order-svc", path, 202)
    order = story.client.until_status(order["id"], "cancelled")
    return _stock_is_back(story, order, product_id, before)


def expire(story: Story) -> str:
    """Order one more and let its link expire."""
    product_id, before, order = _one_more(story)
    payment = story.client.payment(order["id"])
    story.client.expire(payment["razorpay_payment_link_id"])
    order = story.client.until_status(order["id"], "failed")
    return _stock_is_back(story, order, product_id, before)


def _one_more(story: Story) -> tuple[int, int, Any]:
    """Order one of the first product; return its id, its stock before, the order."""
    product_id = story.products[0]["id"]
    before = story.client.available(product_id)
    correlation_id = f"demo-{secrets.token_hex(4)}"
    order = story.client.place({product_id: 1}, correlation_id)
    if story.client.available(product_id) != before - 1:
        raise NotHeld(f"order {order['id']} reserved nothing")
    story.client.until_link(order["id"])
    return product_id, before, order


def _stock_is_back(story: Story, order: Any, product_id: int, before: int) -> str:
    story.client.until_available(product_id, before)
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
