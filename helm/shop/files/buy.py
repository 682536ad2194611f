"""Register a customer, place an order, then pay or cancel the order.

`helm test` runs this script in the cluster, with only the standard library.
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


class TestFailed(Exception):
    """A step of the test failed; the message names the step and the cause."""


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Does not follow redirects, which lead to public URLs outside the cluster."""

    def redirect_request(self, *_):
        """Return no request, so that the redirect is the response."""


OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), NoRedirect)


def call(method, url, expect, body=None, token="", **headers):
    """Return the JSON of a response, or None; raise TestFailed for another status."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, method=method)
    request.add_header("Content-Type", "application/json")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    for name, value in headers.items():
        request.add_header(name.replace("_", "-"), value)
    status, text = answer(request)
    if status != expect:
        raise TestFailed(
            f"{method} {url} answered {status} instead of {expect}: {text[:300]}"
        )
    return json.loads(text) if text.startswith(("{", "[")) else None


def answer(request):
    """Return the status and text of a response, for any status."""
    try:
        with OPENER.open(request, timeout=15) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError as error:
        raise TestFailed(f"cannot connect to {request.full_url}: {error}") from None


def wait_until(check, what):
    """Call `check` until its result is true; raise TestFailed after the timeout."""
    deadline = time.monotonic() + PATIENCE
    while not (found := check()):
        if time.monotonic() > deadline:
            raise TestFailed(f"timed out after {PATIENCE:.0f} s waiting until {what}")
        time.sleep(0.5)
    return found


def sign_up(user_svc):
    """Register a new customer; return an access token."""
    email = f"helm-test-{secrets.token_hex(8)}@shop.example"
    login = {"email": email, "password": secrets.token_urlsafe(18)}
    person = {"name": "Helm Test", **login}
    call("POST", f"{user_svc}/user/register/", 201, person)
    return call("POST", f"{user_svc}/user/login/", 200, login)["access_token"]


def find_product(product_svc):
    """Return a product that is in stock."""
    found = call("GET", f"{product_svc}/products/?in_stock=true&limit=1", 200)["data"]
    if not found:
        raise TestFailed(
            "no product is in stock: add a product, or set seed.enabled for demo data"
        )
    return found[0]


def place_order(order_svc, token, product):
    """Order one unit of the product; return the URL of the order."""
    body = {"items": [{"product_id": product["id"], "quantity": 1}]}
    key = secrets.token_hex(16)
    url = f"{order_svc}/orders/"
    order = call("POST", url, 201, body, token, Idempotency_Key=key)
    return f"{url}{order['id']}/"


def payment_link(order_url, token):
    """Return the payment link of the order, or None if it does not exist yet."""
    order = call("GET", order_url, 200, token=token)
    return (order["payment"] or {}).get("short_url")


def pay(sandbox, link):
    """Pay on the payment page, through the URL inside the cluster."""
    call("POST", f"{sandbox}{urlsplit(link).path}/pay", 303)


def wait_for_status(order_url, token, status):
    """Wait until the order has the status."""
    wait_until(
        lambda: call("GET", order_url, 200, token=token)["status"] == status,
        f"{order_url} is {status}; check the logs of the workers",
    )


def main():
    """Run all steps and print them; raise TestFailed if a step fails."""
    user_svc, product_svc, order_svc, payment_svc = (
        os.environ[f"{name}_URL"] for name in SERVICES
    )
    for url in (user_svc, product_svc, order_svc, payment_svc):
        wait_until(lambda url=url: is_ready(url), f"{url}/readyz/ answers 200")
        print(f"{url} is ready")
    token = sign_up(user_svc)
    product = find_product(product_svc)
    print(f"a customer registered and signed in, and orders {product['name']}")
    order_url = place_order(order_svc, token, product)
    link = wait_until(
        lambda: payment_link(order_url, token), f"{order_url} has a payment link"
    )
    print(f"{order_url} was placed; its payment link is {link}")
    if sandbox := os.environ.get("SANDBOX_URL"):
        pay(sandbox, link)
        wait_for_status(order_url, token, "success")
        print("the order was paid and is complete")
    else:
        call("POST", f"{order_url}cancel/", 202, token=token)
        wait_for_status(order_url, token, "cancelled")
        print("the order was cancelled: a real Razorpay payment cannot be tested")


def is_ready(url):
    """Return whether the service is ready."""
    try:
        return answer(urllib.request.Request(f"{url}/readyz/"))[0] == 200
    except TestFailed:
        return False


if __name__ == "__main__":
    try:
        main()
    except TestFailed as error:
        sys.exit(f"The test failed: {error}")
