"""The payments' API."""

import pytest

from payment_svc.managers import PaymentManager
from payment_svc.models import PaymentHistory

MAKE = "/payments/create_payment_link/"
BODY = {
    "order_id": 17,
    "user_id": 1,
    "amount": "499",
    "name": "Asha Rao",
    "email": "asha@shop.example",
    "phone": "+919812345670",
}
PROBLEM = {"type", "title", "status", "detail", "instance", "code", "correlation_id"}
FIELDS = {
    "id",
    "order_id",
    "user_id",
    "amount",
    "amount_captured",
    "amount_refunded",
    "currency",
    "status",
    "receipt",
    "reason",
    "razorpay_order_id",
    "razorpay_payment_id",
    "razorpay_payment_link_id",
    "razorpay_short_url",
    "expires_at",
    "created_at",
    "updated_at",
}


def test_a_payment_link_is_made_by_the_worker(shop, staff):
    made = shop.call("POST", MAKE, staff, json=BODY)
    assert made.status_code == 201
    assert made.json["razorpay_short_url"] is None
    assert (made.json["amount"], made.json["order_id"]) == ("499.00", 17)
    assert made.location == f"http://127.0.0.1/payments/{made.json['id']}/"

    shop.work()

    now = shop.call("GET", made.location, staff).json
    assert set(now) == FIELDS
    assert (now["status"], now["amount_captured"]) == ("PENDING", None)
    assert now["razorpay_short_url"].startswith("http")


def test_an_order_has_one_payment(shop, staff):
    first = shop.call("POST", MAKE, staff, json=BODY)

    second = shop.call("POST", MAKE, staff, json=BODY)

    assert (second.status_code, second.json["id"]) == (200, first.json["id"])
    other = shop.call("POST", MAKE, staff, json={**BODY, "amount": "500"})
    assert (other.status_code, other.json["code"]) == (409, "amount_mismatch")


@pytest.mark.parametrize(
    ("user_id", "status"), [(None, 200), (BODY["user_id"] + 1, 409)]
)
def test_an_orders_payment_is_no_other_customers(shop, staff, user_id, status):
    shop.call("POST", MAKE, staff, json=BODY)

    answer = shop.call("POST", MAKE, staff, json={**BODY, "user_id": user_id})

    assert answer.status_code == status
    assert answer.json.get("code") == ("customer_mismatch" if status == 409 else None)


@pytest.fixture
def overtaken(monkeypatch):
    """Let the next search for an order's payment miss a concurrent commit."""
    real = PaymentManager.find_primary

    def too_early(self, *_):
        monkeypatch.setattr(PaymentManager, "find_primary", real)

    return lambda: monkeypatch.setattr(PaymentManager, "find_primary", too_early)


def test_a_twin_that_was_slower_gets_the_payment_of_the_faster(shop, staff, overtaken):
    order = shop.issued()
    overtaken()

    answer = shop.call("POST", MAKE, staff, json={**BODY, "order_id": order})

    assert (answer.status_code, answer.json["id"]) == (200, shop.payment(order).id)
    assert shop.kinds(order) == ["payment.link_ready"]


@pytest.mark.parametrize(
    ("amount", "code"), [("499", "payment_over"), ("500", "amount_mismatch")]
)
def test_a_twin_that_was_slower_is_refused_as_any_other(
    shop, staff, overtaken, amount, code
):
    order = shop.captured()
    overtaken()
    body = {**BODY, "order_id": order, "amount": amount}

    answer = shop.call("POST", MAKE, staff, json=body)

    assert (answer.status_code, answer.json["code"]) == (409, code)


@pytest.mark.parametrize("end", ["captured", "closed"])
def test_an_order_whose_payment_is_over_gets_no_other(shop, staff, end):
    order = shop.captured() if end == "captured" else shop.issued()
    if end == "closed":
        shop.close(order)
        shop.work()

    again = shop.call("POST", MAKE, staff, json={**BODY, "order_id": order})

    assert (again.status_code, again.json["code"]) == (409, "payment_over")
    assert set(again.json) == PROBLEM


def test_the_same_key_gets_the_same_answer(shop, staff):
    headers = {**staff, "Idempotency-Key": "basket-17"}

    first = shop.call("POST", MAKE, headers, json=BODY)
    second = shop.call("POST", MAKE, headers, json=BODY)

    assert (second.status_code, second.data) == (201, first.data)
    assert second.headers["Idempotency-Replayed"] == "true"
    other = shop.call("POST", MAKE, headers, json={**BODY, "amount": "1"})
    assert other.json["code"] == "idempotency_key_reused"


def test_customers_see_their_own_payments_alone(shop, tokens):
    mine, theirs = shop.issued(user_id=1), shop.issued(user_id=2)
    asha = tokens.user(1)

    listed = shop.call("GET", "/payments/", asha).json["data"]
    foreign = shop.call("GET", f"/payments/{shop.payment(theirs).id}/", asha)
    unknown = shop.call("GET", "/payments/999999/", asha)

    assert [one["order_id"] for one in listed] == [mine]
    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert foreign.json["code"] == unknown.json["code"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?order_id=21", [21]),
        ("?status=PENDING&sort=id", [21, 22, 23]),
        ("?status=REFUNDED", []),
        ("?sort=-amount", [23, 22, 21]),
        ("?created_from=2020-01-01T00:00:00Z&sort=amount", [21, 22, 23]),
        ("?created_to=2020-01-01T00:00:00Z", []),
    ],
)
def test_staff_filter_and_sort_all_payments(shop, staff, query, found):
    for order in (21, 22, 23):
        shop.request(order, amount=f"{order}.00", user_id=order)

    answer = shop.call("GET", f"/payments/{query}", staff)

    assert [one["order_id"] for one in answer.json["data"]] == found


@pytest.mark.parametrize("sort", ["-id", "-amount", "-created_at"])
def test_a_list_goes_on_where_it_ended(shop, staff, sort):
    for order in range(1, 6):
        shop.request(order)
    seen, cursor = [], ""
    while cursor is not None:
        query = f"sort={sort}&limit=2{cursor and f'&cursor={cursor}'}"
        page = shop.call("GET", f"/payments/?{query}", staff)
        seen += [one["order_id"] for one in page.json["data"]]
        cursor = page.json["next_cursor"]

    assert seen == [5, 4, 3, 2, 1]


def test_a_payment_that_has_not_changed_is_not_sent_again(shop, staff):
    path = f"/payments/{shop.payment(shop.issued()).id}/"
    tag = shop.call("GET", path, staff).headers["ETag"]

    again = shop.call("GET", path, {**staff, "If-None-Match": tag})

    assert (again.status_code, again.data) == (304, b"")


def test_staff_cancel_a_link(shop, staff):
    order = shop.issued()
    path = f"/payments/{shop.payment(order).id}/cancel/"

    answer = shop.call("POST", path, staff)
    shop.work()

    assert (answer.status_code, answer.json["status"]) == (202, "PENDING")
    assert "Retry-After" in answer.headers
    assert shop.payment(order).status == "CANCELLED"
    again = shop.call("POST", path, staff)
    assert (again.status_code, again.json["status"]) == (202, "CANCELLED")
    assert shop.kinds(order).count("payment.closed") == 1


def test_a_paid_payment_is_not_cancelled(shop, staff):
    order = shop.captured()

    answer = shop.call("POST", f"/payments/{shop.payment(order).id}/cancel/", staff)

    assert (answer.status_code, answer.json["code"]) == (409, "already_paid")


def test_sync_asks_razorpay_now(shop, staff):
    order = shop.issued()
    shop.pay(order)

    answer = shop.call("POST", f"/payments/{shop.payment(order).id}/sync/", staff)

    assert (answer.status_code, answer.json["status"]) == (200, "COMPLETED")
    assert shop.kinds(order)[-1] == "payment.captured"


def test_sync_without_an_answer_is_unavailable_and_changes_nothing(shop, staff):
    order = shop.issued()
    service = shop.app.extensions["razorpay"]
    service._base_url = "http://127.0.0.1:9"
    del service._threads.client

    answer = shop.call("POST", f"/payments/{shop.payment(order).id}/sync/", staff)

    assert answer.status_code == 503
    assert shop.payment(order).state == "issued"


@pytest.fixture
def reviewed(shop):
    order = shop.issued()
    shop.pay(order, amount=100)
    shop.make_due()
    shop.work()
    return order


def resolve(shop, who, order, decision):
    path = f"/payments/{shop.payment(order).id}/resolve/"
    body = {"decision": decision, "note": "looked at it"}
    return shop.call("POST", path, who, json=body)


def test_an_admin_accepts_a_payment_under_review(shop, tokens, reviewed):
    answer = resolve(shop, tokens.admin(), reviewed, "accept")

    assert (answer.status_code, answer.json["status"]) == (200, "COMPLETED")
    [event] = shop.published(reviewed, "payment.captured")
    assert event["accepted"] is True
    assert event["amount"] == "1.00"
    taken = [answer.json[name] for name in ("amount", "amount_captured")]
    assert taken == ["499.00", "1.00"]
    again = resolve(shop, tokens.admin(), reviewed, "accept")
    assert (again.status_code, again.json["code"]) == (409, "not_suspect")


def test_an_admin_rejects_a_payment_under_review_for_ever(shop, tokens, reviewed):
    answer = resolve(shop, tokens.admin(), reviewed, "refund")
    shop.work()
    for _ in range(2):  # the capture is there, but was rejected
        shop.make_due()
        shop.work()

    path = f"/payments/{shop.payment(reviewed).id}/"
    now = shop.call("GET", path, tokens.admin()).json
    assert answer.json["status"] == now["status"] == "CANCELLED"
    assert (now["amount_captured"], now["amount_refunded"]) == ("1.00", "1.00")
    assert [refund["amount"] for refund in shop.ledger("refunds")] == [100]
    assert shop.payment(reviewed).state == "closed"
    kinds = ["payment.link_ready", "payment.under_review", "payment.closed"]
    assert shop.kinds(reviewed) == kinds
    shop.check_books()


def test_a_payment_under_review_is_not_cancelled_by_a_message_or_by_staff(
    shop, staff, reviewed
):
    shop.close(reviewed)
    path = f"/payments/{shop.payment(reviewed).id}/cancel/"

    assert shop.call("POST", path, staff).json["code"] == "suspect"
    assert shop.payment(reviewed).state == "under_review"


@pytest.mark.parametrize("decision", ["accept", "refund"])
def test_the_note_of_a_decision_is_for_staff(shop, tokens, reviewed, decision):
    resolve(shop, tokens.admin(), reviewed, decision)

    payment_id, owner = shop.payment(reviewed).id, tokens.user(1)
    for path in (f"/payments/{payment_id}/", f"/payments/{payment_id}/refunds/"):
        assert "looked at it" not in shop.call("GET", path, owner).text
    history = shop.rows(PaymentHistory, payment_id=payment_id)
    assert history[-1].reason == "looked at it"


@pytest.mark.parametrize("is_back", [True, False], ids=["back", "on its way"])
def test_the_refund_of_a_rejected_capture_does_not_count_for_a_later_one(
    shop, tokens, reviewed, is_back
):
    resolve(shop, tokens.admin(), reviewed, "refund")
    if is_back:
        shop.work()
    shop.pay(reviewed, again=True, amount=49900)
    shop.make_due()
    shop.work()

    payment = shop.payment(reviewed)
    assert [refund.state for refund in shop.refunds(reviewed)] == ["processed"]
    assert (payment.status, f"{payment.amount_refunded}") == ("COMPLETED", "0.00")
