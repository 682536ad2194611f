"""A request that is repeated with the same idempotency key has one effect."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import requests

KEY = {"Idempotency-Key": "asha-basket-1"}
CREATED = {"201", "202"}
# Requests that are idempotent without a key: mails answer everybody alike, and
# cancellations answer a repeated request with the current state.
MAILS = {"/user/password-reset/", "/user/verify-email/"}
CANCELLATIONS = {"/orders/{order_id}/cancel/", "/payments/{payment_id}/cancel/"}


def posts(app):
    """Return the path and operation of each POST of a service."""
    paths = app.test_client().get("/swagger.json").json["paths"]
    return [(path, doc["post"]) for path, doc in paths.items() if "post" in doc]


def test_every_post_that_creates_something_accepts_a_key(shop):
    accepts_key = {
        path: "IdempotencyKey" in str(operation["parameters"])
        for app in shop.apps.values()
        for path, operation in posts(app)
        if CREATED & operation["responses"].keys() and path not in CANCELLATIONS | MAILS
    }

    assert len(accepts_key) == 9
    assert [path for path, accepted in accepts_key.items() if not accepted] == []


def test_a_hundred_identical_simultaneous_posts_create_one_order(shop, asha, staff):
    lamp = shop.product(staff, stock=500)
    gate = Barrier(100)

    def send(_):
        gate.wait()
        return requests.post(
            f"{shop.urls['orders']}/orders/",
            json={"items": [{"product_id": lamp["id"], "quantity": 3}]},
            headers={**asha, **KEY},
            timeout=60,
        )

    with ThreadPoolExecutor(100) as pool:
        answers = list(pool.map(send, range(100)))
    last = send_again(shop, asha, lamp)

    codes = Counter(a.json().get("code", a.status_code) for a in answers)
    assert set(codes) <= {201, 202, "idempotency_in_progress", "unavailable"}, codes
    ids = {a.json()["id"] for a in [*answers, last] if a.status_code in (201, 202)}
    orders = shop.call("GET", "orders", "/orders/", staff, expect=200)["data"]
    assert ids == {order["id"] for order in orders} == {last.json()["id"]}
    shop.until(lambda: shop.available(lamp) < 500, "the stock is reserved")
    assert shop.available(lamp) == 497


def send_again(shop, who, product):
    """Repeat the request after all others were answered."""
    answer = requests.post(
        f"{shop.urls['orders']}/orders/",
        json={"items": [{"product_id": product["id"], "quantity": 3}]},
        headers={**who, **KEY},
        timeout=60,
    )
    assert answer.headers["Idempotency-Replayed"] == "true"
    return answer
