"""The checkout saga through all four services, the queue and the sandbox."""

from datetime import timedelta

from chassis import clock
from chassis.json import timestamp


def _in_an_hour():
    """Return a time after the end of a reservation that was not prolonged."""
    return timestamp(clock.now() + timedelta(hours=1))


def test_a_paid_order_becomes_success_and_its_stock_is_gone(shop, asha, staff):
    lamp = shop.product(staff, stock=5)

    order = shop.order(asha, lamp, quantity=2, expect=201)
    assert shop.available(lamp) == 3
    shop.pay(shop.until_link(asha, order))
    paid = shop.until_status(asha, order, "success")

    assert paid["total_price"] == "998.00"
    assert paid["payment"]["status"] == "COMPLETED"
    assert shop.available(lamp) == 3
    assert shop.payment(asha, order)["status"] == "COMPLETED"


def test_a_paid_order_becomes_success_without_any_webhook(shop, asha, staff):
    shop.sandbox.set_webhook_url("")
    order = shop.order(asha, shop.product(staff), expect=201)
    shop.until_link(asha, order)
    link = shop.payment(asha, order)["razorpay_payment_link_id"]

    shop.control(f"/control/links/{link}/pay/")
    payment = shop.payment(asha, order)
    shop.call("POST", "payments", f"/payments/{payment['id']}/sync/", staff, expect=200)

    assert shop.until_status(asha, order, "success")


def test_a_cancelled_order_releases_its_stock_and_closes_its_link(shop, asha, staff):
    lamp = shop.product(staff, stock=2)
    order = shop.order(asha, lamp, quantity=2, expect=201)
    shop.until_link(asha, order)

    shop.call("POST", "orders", f"/orders/{order['id']}/cancel/", asha, expect=202)
    shop.until_status(asha, order, "cancelled")

    shop.until(lambda: shop.available(lamp) == 2, "the stock is released")
    assert not any(link["payable"] for link in shop.ledger()["links"])
    again = shop.call("POST", "orders", f"/orders/{order['id']}/cancel/", asha)
    assert again["status"] == "cancelled"


def test_an_expired_link_fails_the_order_and_releases_its_stock(shop, asha, staff):
    lamp = shop.product(staff, stock=2)
    order = shop.order(asha, lamp, expect=201)
    shop.until_link(asha, order)
    link = shop.payment(asha, order)["razorpay_payment_link_id"]

    shop.control(f"/control/links/{link}/expire/")

    assert shop.until_status(asha, order, "failed")
    shop.until(lambda: shop.available(lamp) == 2, "the stock is released")
    assert shop.payment(asha, order)["status"] == "EXPIRED"


def test_a_late_capture_completes_the_order_if_stock_is_available(shop, asha, staff):
    lamp = shop.product(staff, stock=1)
    order = shop.order(asha, lamp, expect=201)
    shop.until_link(asha, order)
    link = shop.payment(asha, order)["razorpay_payment_link_id"]
    shop.control(f"/control/links/{link}/expire/")
    shop.until_status(asha, order, "failed")
    shop.until(lambda: shop.available(lamp) == 1, "the stock is released")

    shop.control(f"/control/links/{link}/pay/", late=True)

    shop.until_status(asha, order, "success")
    assert shop.available(lamp) == 0


def test_a_late_capture_is_refunded_if_no_stock_is_available(shop, asha, staff):
    lamp = shop.product(staff, stock=1)
    order = shop.order(asha, lamp, expect=201)
    shop.until_link(asha, order)
    link = shop.payment(asha, order)["razorpay_payment_link_id"]
    shop.control(f"/control/links/{link}/expire/")
    shop.until_status(asha, order, "failed")
    shop.until(lambda: shop.available(lamp) == 1, "the stock is released")
    shop.order(shop.sign_up("ravi"), lamp, expect=201)

    shop.control(f"/control/links/{link}/pay/", late=True)

    refunded = shop.until_status(asha, order, "refunded")
    assert refunded["refunded_amount"] == refunded["total_price"]
    assert [refund["amount"] for refund in shop.ledger()["refunds"]] == [49900]


def test_a_capture_after_a_cancel_is_refunded(shop, asha, staff):
    order = shop.order(asha, shop.product(staff), expect=201)
    shop.until_link(asha, order)
    link = shop.payment(asha, order)["razorpay_payment_link_id"]
    shop.call("POST", "orders", f"/orders/{order['id']}/cancel/", asha, expect=202)
    shop.until_status(asha, order, "cancelled")

    shop.control(f"/control/links/{link}/pay/", late=True)

    shop.until_status(asha, order, "refunded")
    assert len(shop.ledger()["refunds"]) == 1


def test_only_the_second_payment_of_a_link_is_refunded(shop, asha, staff):
    lamp = shop.product(staff, stock=3)
    order = shop.order(asha, lamp, expect=201)
    shop.until_link(asha, order)
    link = shop.payment(asha, order)["razorpay_payment_link_id"]
    shop.control(f"/control/links/{link}/pay/")
    shop.until_status(asha, order, "success")

    shop.control(f"/control/links/{link}/pay/", again=True)
    shop.until(lambda: shop.ledger()["refunds"], "the second payment is refunded")

    assert shop.get_order(asha, order)["status"] == "success"
    assert len(shop.ledger()["refunds"]) == 1
    assert shop.available(lamp) == 2


def test_a_full_refund_with_returned_items_restocks_them(shop, asha, staff):
    lamp = shop.product(staff, stock=3)
    order = shop.order(asha, lamp, quantity=2, expect=201)
    shop.pay(shop.until_link(asha, order))
    shop.until_status(asha, order, "success")
    returned = [{"product_id": lamp["id"], "quantity": 2}]

    shop.call(
        "POST",
        "orders",
        f"/orders/{order['id']}/refund/",
        staff,
        expect=202,
        json={"reason": "Changed their mind", "items": returned},
    )

    shop.until_status(asha, order, "refunded")
    shop.until(lambda: shop.available(lamp) == 3, "the items are restocked")
    assert shop.payment(asha, order)["status"] == "REFUNDED"


def test_a_partial_refund_leaves_the_order_successful(shop, asha, staff):
    order = shop.order(asha, shop.product(staff), expect=201)
    shop.pay(shop.until_link(asha, order))
    shop.until_status(asha, order, "success")

    shop.call(
        "POST",
        "orders",
        f"/orders/{order['id']}/refund/",
        staff,
        expect=202,
        json={"amount": "99.00", "reason": "A scratch"},
    )

    shop.until(
        lambda: shop.get_order(asha, order)["refunded_amount"] == "99.00",
        "the partial refund is processed",
    )
    assert shop.get_order(asha, order)["status"] == "success"
    assert shop.payment(asha, order)["status"] == "PARTIALLY_REFUNDED"


def refund_elsewhere(shop, who, order, **body):
    """Refund in Razorpay's dashboard."""
    pay_id = shop.payment(who, order)["razorpay_payment_id"]
    return shop.control(f"/control/payments/{pay_id}/refund/", **body)


def test_a_refund_in_the_dashboard_refunds_the_order_with_its_webhook(
    shop, asha, staff
):
    order = shop.order(asha, shop.product(staff), expect=201)
    shop.pay(shop.until_link(asha, order))
    shop.until_status(asha, order, "success")

    refund_elsewhere(shop, asha, order, comment="by phone")

    after = shop.until_status(asha, order, "refunded")
    assert after["payment"]["status"] == "REFUNDED"
    payment = shop.payment(asha, order)
    assert (payment["status"], payment["amount_refunded"]) == ("REFUNDED", "499.00")
    path = f"/orders/{order['id']}/timeline/"
    timeline = shop.call("GET", "orders", path, asha, expect=200)["data"]
    lines = [(e["name"], e["to"], e["reason"]) for e in timeline]
    assert ("refund.processed", "refunded", "provider") in lines
    path = f"/payments/{payment['id']}/refunds/"
    [refund] = shop.call("GET", "payments", path, staff, expect=200)["data"]
    assert (refund["reason"], refund["note"]) == ("provider", "by phone")


def test_staff_refund_the_rest_of_what_was_refunded_in_the_dashboard(shop, asha, staff):
    shop.sandbox.set_webhook_url("")  # so that only the refund itself finds them
    lamp = shop.product(staff, price="1299.00")
    order = shop.order(asha, lamp, expect=201)
    shop.pay(shop.until_link(asha, order))
    path = f"/payments/{shop.payment(asha, order)['id']}/sync/"
    shop.call("POST", "payments", path, staff, expect=200)
    shop.until_status(asha, order, "success")
    for amount in (30000, 20000):
        refund_elsewhere(shop, asha, order, amount=amount)

    path = f"/orders/{order['id']}/refund/"
    body = {"reason": "The lamp is broken"}
    shop.call("POST", "orders", path, staff, json=body, expect=202)

    after = shop.until_status(asha, order, "refunded")
    assert after["refunded_amount"] == "1299.00"
    amounts = sorted(row["amount"] for row in shop.ledger()["refunds"])
    assert amounts == [20000, 30000, 79900]


def test_a_late_payment_is_returned_when_the_balance_allows_it(shop, asha, staff):
    order = shop.order(asha, shop.product(staff), expect=201)
    shop.until_link(asha, order)
    link = shop.payment(asha, order)["razorpay_payment_link_id"]
    shop.call("POST", "orders", f"/orders/{order['id']}/cancel/", asha, expect=202)
    shop.until_status(asha, order, "cancelled")
    shop.control("/control/balance/", low="invalid")
    shop.control(f"/control/links/{link}/pay/", late=True)
    shop.until_status(asha, order, "refunding")
    shop.work()
    assert shop.get_order(asha, order)["status"] == "refunding"

    shop.control("/control/balance/", low=None)

    assert shop.until_status(asha, order, "refunded")
    assert len(shop.ledger()["refunds"]) == 1


def test_a_name_that_spells_an_escape_reaches_the_payment_service(shop, asha, staff):
    name = {"name": "Asha \\u0000 Rao"}  # six characters, not a NUL
    shop.call("PATCH", "users", "/user/me/", asha, json=name, expect=200)

    order = shop.order(asha, shop.product(staff, stock=1), expect=201)

    assert shop.until_link(asha, order)
    assert shop.rows("payments", "quarantine") == []


def test_an_order_without_enough_stock_is_rejected(shop, asha, staff):
    lamp = shop.product(staff, stock=1)

    refusal = shop.order(asha, lamp, quantity=2, expect=409)

    assert refusal["code"] == "insufficient_stock"
    assert refusal["items"] == [
        {"product_id": lamp["id"], "requested": 2, "available": 1}
    ]
    assert shop.available(lamp) == 1


def test_two_requests_with_the_same_key_place_one_order(shop, asha, staff):
    lamp = shop.product(staff)
    key = {"Idempotency-Key": "basket-17"}

    first = shop.order(asha, lamp, headers=key, expect=201)
    second = shop.order(asha, lamp, headers=key, expect=201)

    assert second == first
    orders = shop.call("GET", "orders", "/orders/", asha, expect=200)
    assert len(orders["data"]) == 1


def test_one_correlation_id_is_passed_through_the_whole_order(shop, asha, staff):
    lamp = shop.product(staff)
    correlation = {"X-Correlation-ID": "story-of-one-order"}

    order = shop.order(asha, lamp, headers=correlation, expect=201)
    shop.pay(shop.until_link(asha, order))
    shop.until_status(asha, order, "success")

    path = f"/orders/{order['id']}/timeline/"
    timeline = shop.call("GET", "orders", path, asha, expect=200)["data"]
    names = {entry["name"] for entry in timeline}
    assert {"payment.requested", "payment.link_ready", "payment.captured"} <= names
    requested = [e for e in timeline if e["name"] == "payment.requested"]
    assert requested[0]["correlation_id"] == "story-of-one-order"
    link_ready = [e for e in timeline if e["name"] == "payment.link_ready"]
    assert link_ready[0]["correlation_id"] == "story-of-one-order"


def test_a_disputed_payment_is_not_refunded_until_the_dispute_is_won(shop, asha, staff):
    order = shop.order(asha, shop.product(staff), expect=201)
    shop.pay(shop.until_link(asha, order))
    shop.until_status(asha, order, "success")
    payment = shop.payment(staff, order)
    path = f"/control/payments/{payment['razorpay_payment_id']}/dispute/"
    dispute = shop.control(path, phase="chargeback")

    shop.until(lambda: _disputes(shop, asha, order), "the dispute is in the timeline")
    assert shop.get_order(asha, order)["status"] == "success"
    for service, number in (("orders", order["id"]), ("payments", payment["id"])):
        path = f"/{service}/{number}/refund/"
        refused = shop.call(
            "POST", service, path, staff, json={"reason": "x"}, expect=409
        )
        assert refused["code"] == "dispute_open"
    assert shop.ledger()["refunds"] == []

    shop.control(f"/control/disputes/{dispute['id']}/", status="won")
    shop.until(lambda: len(_disputes(shop, asha, order)) == 2, "the end is known")
    path = f"/orders/{order['id']}/refund/"
    shop.call("POST", "orders", path, staff, json={"reason": "x"}, expect=202)
    shop.until_status(asha, order, "refunded")


def _disputes(shop, who, order):
    """Return what the order's timeline has about disputes."""
    path = f"/orders/{order['id']}/timeline/"
    lines = shop.call("GET", "orders", path, who, expect=200)["data"]
    return [line["reason"] for line in lines if line["name"] == "payment.disputed"]


def test_a_fee_that_the_customer_bears_is_told_reviewed_and_kept(shop, asha, staff):
    lamp = shop.product(staff, stock=1, price="1449.00")
    order = shop.order(asha, lamp, expect=201)

    told = shop.until_reviewed(asha, order, fee=3419)

    assert told["notice"].startswith("We received 1483.19 INR for this order.")
    assert (told["status"], told["payment"]["short_url"]) == ("pending", None)
    path = f"/orders/{order['id']}/cancel/"
    refused = shop.call("POST", "orders", path, asha, expect=409)
    assert refused["code"] == "payment_under_review"
    reservation = f"/products/reservations/{order['id']}/"
    shop.until(
        lambda: (
            shop.call("GET", "products", reservation, staff)["expires_at"]
            > _in_an_hour()
        ),
        "the reservation is prolonged",
    )
    shop.resolve(order, "accept")
    kept = shop.until_status(asha, order, "success")
    assert kept["notice"] is None
    assert shop.available(lamp) == 0


def test_an_offer_that_an_admin_rejects_is_refunded_and_the_stock_is_free(
    shop, asha, staff
):
    lamp = shop.product(staff, stock=1, price="1449.00")
    order = shop.order(asha, lamp, expect=201)
    told = shop.until_reviewed(asha, order, discount=1000)
    assert told["notice"].startswith("We received 1439.00 INR for this order.")

    shop.resolve(order, "refund")

    failed = shop.until_status(asha, order, "failed")
    assert failed["notice"].endswith("We are refunding it.")
    shop.until(lambda: shop.available(lamp) == 1, "the stock is released")
    shop.until(lambda: shop.ledger()["refunds"], "the payment is refunded")
    [refund] = shop.ledger()["refunds"]
    assert (refund["amount"], refund["status"]) == (143900, "processed")
