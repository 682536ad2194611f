"""Makes payment links, for callbacks and webhooks that name one."""

from functools import partial
from typing import Any

import requests

from verification.faults.waiting import wait_for
from verification.fuzz.callers import SERVICE, WITHIN, Accounts
from verification.fuzz.shop import FuzzedShop

LINKS = 3
FIRST_ORDER = 900_001
BODY = {"amount": "499.00", "name": "Asha Rao", "email": "asha@shop.example"}


def make(shop: FuzzedShop) -> list[list[str]]:
    """Make links of orders that do not exist; return each with its reference."""
    user_svc = shop.site.address("user-svc")
    token = Accounts(SERVICE, "payment-svc", user_svc, shop.admin()).token()
    with requests.Session() as http:
        http.trust_env = False
        http.headers["Authorization"] = f"Bearer {token}"
        url = shop.site.address("payment-svc") + "/payments/"
        return [_link(http, url, FIRST_ORDER + number) for number in range(LINKS)]


def _link(http: requests.Session, url: str, order_id: int) -> list[str]:
    body = {**BODY, "order_id": order_id}
    made = http.post(f"{url}create_payment_link/", json=body, timeout=WITHIN)
    made.raise_for_status()
    find = partial(_linked, http, f"{url}{made.json()['id']}/")
    found = wait_for(find, "a link is made") or {}
    return [found["razorpay_payment_link_id"], found["receipt"]]


def _linked(http: requests.Session, url: str) -> dict[str, Any] | None:
    found = http.get(url, timeout=WITHIN).json()
    return found if found["razorpay_payment_link_id"] else None
