"""A request that is sent twice has one effect, at every door and however often."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import requests

KEY = {"Idempotency-Key": "asha-basket-1"}
MAKES = {"201", "202"}
# They move what is there, and say the same again when it has moved.
# They let a mail be sent, and say the same to everybody.
MAILS = {"/user/password-reset/", "/user/verify-email/"}
MOVES = {"/orders/{order_id}/cancel/", "/payments/{payment_id}/cancel/"}


def posts(app):
    """Yield each POST of a service: its path and its operation."""
    paths = app.test_client().get("/swagger.json").json["paths"]
    return [(path, doc["post"]) for path, doc in paths.items() if "post" in doc]


def test_every_post_that_makes_something_takes_a_key(shop):
    makers = {
        path: "IdempotencyKey" in str(operation["parameters"])
        for app in shop.apps.values()
        for path, operation in posts(app)
        if MAKES & operation["responses"].keys() and path not in MOVES | MAILS
    }

    assert len(makers) == 9
    assert [path for path, takes_key in makers.items() if not takes_key] == []


def test_a_hundred_identical_posts_at_once_make_one_order(shop, asha, staff):
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
    shop.until(lambda: shop.available(lamp) < 500, "the stock is held")
    assert shop.available(lamp) == 497


def send_again(shop, who, product):
    """Send the hundred's request once more, when all of them are answered."""
    answer = requests.post(
        f"{shop.urls['orders']}/orders/",
        json={"items": [{"product_id": product["id"], "quantity": 3}]},
        headers={**who, **KEY},
        timeout=60,
    )
    assert answer.headers["Idempotency-Replayed"] == "true"
    return answer
