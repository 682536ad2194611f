"""The customers, each with a persistent connection, and products in ample stock."""

import random
import uuid

from verification.bench.shops import MeasuredShop
from verification.faults.browser import Browser, Reply
from verification.faults.market import direct, sign_in

PRODUCTS = 50
LINES = 2
STOCK = 1_000_000
PATIENCE = 30.0  # a slow order was accepted, too
PASSWORD = "a-long-walk-in-the-rain"  # noqa: S105


class Buyer:
    """A signed-in customer on one connection."""

    def __init__(self, shop: MeasuredShop, number: int, products: list[int]) -> None:
        self.browser = Browser(direct(shop), timeout=PATIENCE)
        self.products, self.random = products, random.Random(number)
        who = {"email": f"buyer-{number}@shop.example", "password": PASSWORD}
        self._post("/user/register/", {"name": f"Buyer {number}", **who})
        self.browser.token = self._post("/user/login/", who)["access_token"]

    def _post(self, path: str, body: dict[str, str]) -> dict[str, str]:
        reply = self.browser.call("POST", "user-svc", path, json=body)
        return expect(reply, f"POST {path}")

    def place(self, *, has_key: bool) -> Reply:
        """Order some products, a unit of each."""
        chosen = self.random.sample(self.products, LINES)
        body = {"items": [{"product_id": one, "quantity": 1} for one in chosen]}
        headers = {"Idempotency-Key": str(uuid.uuid4())} if has_key else {}
        return self.browser.call(
            "POST", "order-svc", "/orders/", json=body, headers=headers
        )

    def has_link(self, order_id: int) -> bool:
        """Return whether an order shows where it can be paid."""
        reply = self.browser.call("GET", "order-svc", f"/orders/{order_id}/")
        return bool(reply.is_ok and (reply.data["payment"] or {}).get("short_url"))


def expect(reply: Reply, what: str) -> dict[str, str]:
    """Return the data of a good answer; raise RuntimeError for any other."""
    if not reply.is_ok:
        raise RuntimeError(f"{what} was not answered well: {reply}")
    data: dict[str, str] = reply.data
    return data


def let_in(shop: MeasuredShop, number: int) -> list[Buyer]:
    """Create the products and return the customers."""
    staff = sign_in(shop, "STAFF", direct(shop))
    products = [_stock(staff, n) for n in range(PRODUCTS)]
    return [Buyer(shop, n, products) for n in range(number)]


def _stock(staff: Browser, number: int) -> int:
    body = {"name": f"Thing {number}", "price": "49.00", "stock_quantity": STOCK}
    made = staff.call("POST", "product-svc", "/products/", json=body)
    return int(expect(made, "POST /products/")["id"])
