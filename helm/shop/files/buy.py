"""Register a customer, order what is in stock, then pay the order or cancel it.

`helm test` runs it inside the cluster, with the standard library alone.
"""

import json
import os
import secrets
import sys
import time
import urllib.error
import urllib.request
from urllib.parse import urlsplit

SERVICES = ("USER_SVC", "PRODUCT_SVC", "ORDER_SVC", "PAYMENT_SVC")
PATIENCE = float(os.environ.get("PATIENCE", "120"))


class NotHeld(Exception):
    """Something that must hold did not; the text says what, and what to look at."""


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Payers are sent on to an address for browsers outside; nobody follows here."""

    def redirect_request(self, *_):
        """Follow nowhere: the redirect itself is the answer."""


OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), NoRedirect)


def call(method, url, expect, body=None, token="", **headers):
    """Return a call's JSON or None; raise NotHeld for another status."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, method=method)
    request.add_header("Content-Type", "application/json")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    for name, value in headers.items():
        request.add_header(name.replace("_", "-"), value)
    status, text = answer(request)
    if status != expect:
        raise NotHeld(f"{method} {url} gave {status}, not {expect}: {text[:300]}")
    return json.loads(text) if text.startswith(("{", "[")) else None


def answer(request):
    """Return an answer's status and text, whatever the status is."""
    try:
        with OPENER.open(request, timeout=15) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError as error:
        raise NotHeld(f"nothing answers at {request.full_url}: {error}") from None


def until(look, what):
    """Look until there is something to see; raise NotHeld when patience ends."""
    deadline = time.monotonic() + PATIENCE
    while not (found := look()):
        if time.monotonic() > deadline:
            raise NotHeld(f"waited {PATIENCE:.0f} s in vain: {what}")
        time.sleep(0.5)
    return found


def sign_up(user_svc):
    """Register a customer of their own; return their token."""
    email = f"helm-test-{secrets.token_hex(8)}@shop.example"
    login = {"email": email, "password": secrets.token_urlsafe(18)}
    person = {"name": "Helm Test", **login}
    call("POST", f"{user_svc}/user/register/", 201, person)
    return call("POST", f"{user_svc}/user/login/", 200, login)["access_token"]


def choose(product_svc):
    """Return a product that can be had."""
    found = call("GET", f"{product_svc}/products/?in_stock=true&limit=1", 200)["data"]
    if not found:
        raise NotHeld(
            "nothing is in stock: add a product, or set seed.enabled for demo data"
        )
    return found[0]


def place(order_svc, token, product):
    """Order one of the product; return the order's address."""
    body = {"items": [{"product_id": product["id"], "quantity": 1}]}
    key = secrets.token_hex(16)
    url = f"{order_svc}/orders/"
    order = call("POST", url, 201, body, token, Idempotency_Key=key)
    return f"{url}{order['id']}/"


def link_of(order_url, token):
    """Return the order's payment link once there is one."""
    order = call("GET", order_url, 200, token=token)
    return (order["payment"] or {}).get("short_url")


def pay(sandbox, link):
    """Press *Pay*: on the page as it is found in the cluster, not from outside."""
    call("POST", f"{sandbox}{urlsplit(link).path}/pay", 303)


def await_status(order_url, token, status):
    """Wait until the order has the status."""
    until(
        lambda: call("GET", order_url, 200, token=token)["status"] == status,
        f"{order_url} becomes {status}; see the workers' logs",
    )


def main():
    """Play it, saying each step; raise NotHeld where it does not hold."""
    user_svc, product_svc, order_svc, payment_svc = (
        os.environ[f"{name}_URL"] for name in SERVICES
    )
    for url in (user_svc, product_svc, order_svc, payment_svc):
        until(lambda url=url: is_ready(url), f"{url}/readyz/ says ok")
        print(f"{url} is ready")
    token = sign_up(user_svc)
    product = choose(product_svc)
    print(f"a customer registered, signed in and wants {product['name']}")
    order_url = place(order_svc, token, product)
    link = until(lambda: link_of(order_url, token), f"{order_url} can be paid")
    print(f"{order_url} is placed and can be paid at {link}")
    if sandbox := os.environ.get("SANDBOX_URL"):
        pay(sandbox, link)
        await_status(order_url, token, "success")
        print("it was paid, and the order is complete")
    else:
        call("POST", f"{order_url}cancel/", 202, token=token)
        await_status(order_url, token, "cancelled")
        print("it was cancelled: Razorpay is not the sandbox, so nobody can pay here")


def is_ready(url):
    """Say whether a service answers that it is ready."""
    try:
        return answer(urllib.request.Request(f"{url}/readyz/"))[0] == 200
    except NotHeld:
        return False


if __name__ == "__main__":
    try:
        main()
    except NotHeld as wrong:
        sys.exit(f"It did not hold: {wrong}")
