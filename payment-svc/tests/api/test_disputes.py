"""Disputes for staff, and refunds that are refused meanwhile."""

import pytest

from payment_svc.models import Dispute
from payment_svc.steps import Context


@pytest.fixture
def disputed(shop):
    """Return `disputed(**how)`: a settled payment's order with a dispute."""

    def make(**how):
        order = shop.captured()
        shop.settle(order)
        pay_id = shop.payment(order).razorpay_payment_id
        raised = shop.control(f"payments/{pay_id}/dispute", **how)
        with shop.app.app_context():
            work = Context()
            work.disputes.store(raised["id"])
            work.session.commit()
        shop.work()
        return order

    return make


def refund(shop, order, who, **body):
    path = f"/payments/{shop.payment(order).id}/refund/"
    return shop.call("POST", path, who, json=body)


def test_staff_list_the_disputes_of_a_payment(shop, staff, disputed):
    order = disputed(amount=9900, reason="1061")
    path = f"/payments/{shop.payment(order).id}/disputes/"

    [seen] = shop.call("GET", path, staff).json["data"]

    [row] = shop.rows(Dispute)
    assert (seen["id"], seen["payment_id"]) == (row.id, row.payment_id)
    assert seen["razorpay_dispute_id"] == row.razorpay_dispute_id
    assert (seen["phase"], seen["status"]) == ("chargeback", "open")
    assert (seen["amount"], seen["amount_deducted"]) == ("99.00", "0.00")
    assert (seen["reason_code"], seen["problem"]) == ("1061", None)
    assert seen["respond_by"] > seen["created_at"]


def test_an_unknown_payment_has_no_disputes(shop, staff):
    assert shop.call("GET", "/payments/99/disputes/", staff).status_code == 404


def test_a_direct_refund_of_a_disputed_payment_is_refused_at_once(
    shop, staff, disputed
):
    order = disputed()

    answer = refund(shop, order, staff)

    assert (answer.status_code, answer.json["code"]) == (409, "dispute_open")
    assert shop.refunds(order) == []


@pytest.mark.parametrize("how", [{"phase": "fraud"}, {"status": "won"}])
def test_it_is_accepted_when_the_dispute_hinders_no_refund(shop, staff, disputed, how):
    order = disputed(**{k: v for k, v in how.items() if k == "phase"})
    if "status" in how:
        name = shop.rows(Dispute)[0].razorpay_dispute_id
        shop.control(f"disputes/{name}", **how)
        with shop.app.app_context():
            work = Context()
            work.disputes.store(name)
            work.session.commit()
        shop.work()

    assert refund(shop, order, staff).status_code == 202


def test_only_an_admin_refunds_despite_a_dispute(shop, staff, tokens, disputed):
    order = disputed()

    refused = refund(shop, order, staff, despite_dispute=True)
    accepted = refund(shop, order, tokens.admin(), despite_dispute=True)
    shop.work()

    assert (refused.status_code, accepted.status_code) == (403, 202)
    assert [r.state for r in shop.refunds(order)] == ["processed"]


@pytest.mark.parametrize("value", ["true", 1.5, None, "yes"])
def test_the_override_is_true_or_false(shop, tokens, value):
    order = shop.captured()
    shop.settle(order)

    answer = refund(shop, order, tokens.admin(), despite_dispute=value)

    assert answer.status_code == 422
