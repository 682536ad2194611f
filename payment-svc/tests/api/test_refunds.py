"""Direct refunds."""

import threading
from decimal import Decimal

import pytest

from payment_svc.extensions import db
from payment_svc.models import Outbox, Payment, Refund, RefundReason, RefundState


@pytest.fixture
def order(shop):
    order = shop.captured()
    shop.settle(order)
    return order


@pytest.fixture
def ask(shop, staff):
    def post(order, who=None, **body):
        path = f"/payments/{shop.payment(order).id}/refund/"
        return shop.call("POST", path, who or staff, json=body)

    return post


def test_staff_refund_all_that_is_left(shop, order, ask, staff):
    part = ask(order, amount="99.00", reason="A scratch")
    rest = ask(order)
    shop.work()

    assert (part.status_code, rest.status_code) == (202, 202)
    assert part.json["note"] == "A scratch"
    assert (part.json["reason"], part.json["status"]) == ("direct", "PENDING")
    assert rest.json["amount"] == "400.00"
    path = f"/payments/{shop.payment(order).id}/refunds/"
    listed = shop.call("GET", path, staff).json["data"]
    assert [one["amount"] for one in listed] == ["400.00", "99.00"]
    assert {one["status"] for one in listed} == {"PROCESSED"}


def test_never_more_than_was_paid(shop, order, ask):
    ask(order, amount="400")

    answer = ask(order, amount="99.01")

    assert (answer.status_code, answer.json["code"]) == (409, "refund_too_large")
    ask(order)
    assert ask(order).json["code"] == "refund_too_large"


@pytest.fixture
def large(shop):
    """Return the path at which a large payment is refunded."""
    much = Decimal("300000.00")
    fields = {"amount": much, "captured_amount": much, "outcome": "kept"}
    return f"/payments/{shop.row('captured', **fields)}/refund/"


def test_only_an_admin_refunds_more_than_the_limit(shop, tokens, large):
    service = tokens.service("order-svc", "payment-svc", "payments:write")
    for who in (tokens.staff(), service):
        for body in ({"amount": "100000.01"}, {}):
            answer = shop.call("POST", large, who, json=body)

            assert (answer.status_code, answer.json["code"]) == (403, "forbidden")
    assert answer.json["detail"] == "Only an admin may refund more than 100000.00."
    assert shop.rows(Refund) == []

    exact = shop.call("POST", large, tokens.staff(), json={"amount": "100000"})
    more = shop.call("POST", large, tokens.admin(), json={})

    assert (exact.status_code, more.status_code) == (202, 202)
    assert more.json["amount"] == "200000.00"


def message(shop, large, amount, reason, n=1):
    """Let order-svc ask for a refund of the large payment."""
    [payment] = shop.rows(Payment, id=int(large.split("/")[2]))
    order = int(payment.order_id)
    assert shop.refund(order, amount, reason, n) == "handled"


def test_parts_of_a_large_refund_are_one(shop, staff, large):
    message(shop, large, "30000.00", "staff")
    for amount, status in {"60000": 202, "10001": 403, "10000": 202, "1": 403}.items():
        answer = shop.call("POST", large, staff, json={"amount": amount})

        assert answer.status_code == status, amount


def test_staff_do_not_pass_the_limit_at_order_svc_either(shop, staff, large):
    first = shop.call("POST", large, staff, json={"amount": "100000"})
    message(shop, large, "100000.00", "staff")

    assert first.status_code == 202
    direct, other = shop.rows(Refund)
    assert (direct.state, other.state) == ("requested", "failed")
    assert other.detail == ("only an admin may refund more than 100000.00 of one order")
    payment_id = int(large.split("/")[2])
    [payment] = shop.rows(Payment, id=payment_id)
    [event] = shop.published(int(payment.order_id), "refund.failed")
    assert (event["detail"], event["n"]) == (other.detail, 1)


def test_an_admin_at_order_svc_has_no_limit(shop, staff, large):
    shop.call("POST", large, staff, json={"amount": "100000"})
    [payment] = shop.rows(Payment, id=int(large.split("/")[2]))

    shop.refund(int(payment.order_id), "150000.00", by_admin=True)

    assert [refund.state for refund in shop.rows(Refund)] == ["requested"] * 2


@pytest.fixture
def second(shop, large):
    """Return the path at which a second payment of the order is refunded."""
    [payment] = shop.rows(Payment, id=int(large.split("/")[2]))
    extra = shop.row(
        "captured",
        order_id=payment.order_id,
        kind="EXTRA",
        extra_of=payment.id,
        amount=payment.amount,
        captured_amount=payment.captured_amount,
        outcome="kept",
    )
    return f"/payments/{extra}/refund/"


def test_all_payments_of_an_order_have_one_limit(shop, staff, large, second):
    shop.call("POST", large, staff, json={"amount": "99999"})

    assert shop.call("POST", second, staff, json={"amount": "2"}).status_code == 403
    assert shop.call("POST", second, staff, json={"amount": "1"}).status_code == 202


def test_refunds_of_two_payments_at_the_same_moment_have_one_limit(
    shop, staff, large, second
):
    start, answers = threading.Barrier(6), []

    def post(path):
        start.wait()
        answer = shop.call("POST", path, staff, json={"amount": "60000"})
        answers.append(answer.status_code)

    threads = [threading.Thread(target=post, args=[p]) for p in (large, second) * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [202] + [403] * 5


def test_the_note_and_the_correlation_id_of_a_request_reach_its_answer(shop, order):
    note = "n" * 500
    shop.refund(order, "10.00", note=note)
    [refund] = shop.refunds(order)
    with shop.app.app_context():
        db.session.get_one(Refund, refund.id).correlation_id = "refund-of-today"
        db.session.commit()
    shop.work()

    [event] = [e for e in shop.rows(Outbox) if e.type == "refund.processed"]
    assert (event.data["note"], event.correlation_id) == (note, "refund-of-today")


def test_failed_and_automatic_refunds_do_not_count_for_the_limit(shop, staff, large):
    message(shop, large, "300000.01", "staff")  # refused: a FAILED row
    message(shop, large, "150000.00", "cancelled")

    answer = shop.call("POST", large, staff, json={"amount": "100000"})

    assert answer.status_code == 202


@pytest.mark.parametrize("amount", ["0.01", "0.99"])
def test_less_than_razorpay_returns_is_refused(shop, order, ask, amount):
    answer = ask(order, amount=amount)

    assert (answer.status_code, answer.json["code"]) == (422, "validation_failed")
    assert "1.00" in answer.json["errors"]["amount"][0]
    assert shop.refunds(order) == []


@pytest.mark.parametrize("body", [{}, {"amount": "0.50"}])
def test_a_last_part_below_a_rupee_is_returned(shop, order, ask, body):
    ask(order, amount="498.50")
    too_little = ask(order, amount="0.49")
    last = ask(order, **body)
    shop.work()

    assert (too_little.status_code, last.status_code) == (422, 202)
    assert [refund.state for refund in shop.refunds(order)] == ["processed"] * 2
    assert shop.payment(order).status == "REFUNDED"


def test_not_before_the_order_has_settled(shop, ask):
    order = shop.captured()
    assert ask(order, amount="1").json["code"] == "not_settled"

    shop.settle(order, "refund")
    assert ask(order, amount="1").json["code"] == "not_settled"

    shop.refund(order, "499.01", "staff")  # refused: a FAILED row
    assert ask(order, amount="1").status_code == 202


def test_not_because_the_refund_of_a_capture_before_this_one_failed(shop, staff):
    payment_id = shop.row("captured")
    with shop.app.app_context():
        failed = {"state": RefundState.FAILED, "amount": Decimal("1.00"), "n": 1}
        keys = {"key": "a key", "idempotency_key": "one more"}
        before = {"razorpay_payment_id": "pay_before", "currency": "INR"}
        reason = RefundReason.REVIEW_REJECTED
        refund = Refund(
            payment_id=payment_id, reason=reason, **failed, **keys, **before
        )
        db.session.add(refund)
        db.session.commit()

    path = f"/payments/{payment_id}/refund/"
    answer = shop.call("POST", path, staff, json={"amount": "1"})

    assert (answer.status_code, answer.json["code"]) == (409, "not_settled")


def test_not_of_a_payment_that_has_not_come(shop, ask):
    assert ask(shop.issued(), amount="1").json["code"] == "not_settled"


def test_refunds_at_the_same_moment_never_exceed_the_capture(shop, order, ask):
    start, answers = threading.Barrier(6), []

    def post():
        start.wait()
        answers.append(ask(order, amount="100").status_code)

    threads = [threading.Thread(target=post) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    shop.work()

    assert sorted(answers) == [202] * 4 + [409] * 2
    assert sum(one["amount"] for one in shop.ledger("refunds")) == 40000
    shop.check_books()
