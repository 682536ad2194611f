"""Disputes from Razorpay's side to the refunds that wait for them."""

from datetime import timedelta

import pytest

from chassis import clock
from chassis.outcomes import Done, Refused, Unknown
from payment_svc.models import Dispute, DisputeHistory, RefundHistory, WebhookEvent
from payment_svc.razorpay.signatures import sign
from payment_svc.steps import Context


@pytest.fixture
def deliver(shop, sandbox):
    """Return `deliver(newest_first)`: deliver the ledger's events about disputes."""

    def send(*, newest_first=False, times=1):
        events = [e for e in shop.ledger("events") if "dispute" in e["event"]]
        for event in events[:: -1 if newest_first else 1] * times:
            body = raw(sandbox, event["id"])
            headers = {
                "X-Razorpay-Signature": sign(body, sandbox.webhook_secret),
                "X-Razorpay-Event-Id": event["id"],
                "Content-Type": "application/json",
            }
            path = "/payments/webhook/"
            assert shop.call("POST", path, headers, data=body).status_code == 200
        shop.work()

    return send


def raw(sandbox, event_id):
    from razorpay_sandbox.models import Event

    with sandbox.sandbox.ledger.transaction() as session:
        return session.get_one(Event, event_id).body


@pytest.fixture
def disputed(shop, deliver):
    """Return `disputed(**how)`: an order whose payment is disputed, and the dispute."""

    def make(**how):
        order = shop.captured()
        shop.settle(order)
        raised = dispute(shop, order, **how)
        deliver()
        return order, raised["id"]

    return make


def dispute(shop, order, **how):
    pay_id = shop.payment(order).razorpay_payment_id
    return shop.control(f"payments/{pay_id}/dispute", **how)


def test_a_dispute_is_stored_and_published_within_one_round_of_work(shop, disputed):
    order, name = disputed(phase="chargeback", amount=9900, reason="1061")

    [row] = shop.rows(Dispute)
    assert (row.razorpay_dispute_id, row.phase, row.status) == (
        name,
        "chargeback",
        "open",
    )
    assert (f"{row.amount}", row.reason_code) == ("99.00", "1061")
    assert row.respond_by > clock.now() + timedelta(days=5)
    [data] = shop.published(order, "payment.disputed")
    assert (data["phase"], data["status"], data["amount"]) == (
        "chargeback",
        "open",
        "99.00",
    )
    [webhook] = shop.rows(WebhookEvent)
    assert (webhook.result, webhook.payment_id) == ("matched", row.payment_id)


@pytest.mark.parametrize("newest_first", [False, True])
def test_the_order_and_the_number_of_events_do_not_matter(shop, deliver, newest_first):
    order = shop.captured()
    raised = dispute(shop, order)
    for status in ("under_review", "open", "under_review", "won"):
        shop.control(f"disputes/{raised['id']}", status=status)

    deliver(newest_first=newest_first, times=2)

    [row] = shop.rows(Dispute)
    assert row.status == "won"
    assert [data["status"] for data in shop.published(order, "payment.disputed")] == [
        "won"
    ]


def test_the_same_event_in_the_next_phase_is_another_event(shop, deliver, disputed):
    _, name = disputed()
    for phase in ("pre_arbitration", "arbitration"):
        shop.control(f"disputes/{name}", status="open", phase=phase)
        deliver()

    assert [row.phase for row in shop.rows(DisputeHistory)] == [
        "chargeback",
        "pre_arbitration",
        "arbitration",
    ]


def test_a_webhook_is_not_trusted(shop, disputed):
    order = shop.captured()
    service = shop.app.extensions["razorpay"]
    service.fetch_dispute = lambda _: Refused("The id provided does not exist")

    raised = dispute(shop, order)
    with shop.app.app_context():
        work = Context()
        work.disputes.store(raised["id"])
        work.session.commit()
    shop.work()

    [row] = shop.rows(Dispute)
    assert (row.status, row.payment_id) == (None, None)
    assert row.problem == "Razorpay: The id provided does not exist"
    assert shop.published(order, "payment.disputed") == []


def test_a_dispute_is_fetched_again_when_razorpay_did_not_answer(shop, deliver):
    order = shop.captured()
    service = shop.app.extensions["razorpay"]
    real = service.fetch_dispute
    service.fetch_dispute = lambda _: Unknown("HTTP 500")
    dispute(shop, order)
    deliver()
    [row] = shop.rows(Dispute)
    assert row.status is None
    assert row.next_check_at > clock.now()

    service.fetch_dispute = real
    make_due(shop)

    assert [row.status for row in shop.rows(Dispute)] == ["open"]


def test_an_answer_about_another_dispute_is_refused(shop, disputed):
    disputed()
    service = shop.app.extensions["razorpay"]
    real = service.fetch_dispute

    def other(name):
        found = real(name).value
        return Done(type(found)(**{**vars(found), "id": "disp_Sc1Hd7WnQv38Lx"}))

    service.fetch_dispute = other
    make_due(shop)

    [row] = shop.rows(Dispute)
    assert (row.problem, row.version) == ("Razorpay: another dispute", 1)


def make_due(shop):
    from payment_svc.extensions import db

    with shop.app.app_context():
        for row in db.session.query(Dispute):
            row.next_check_at = clock.now()
        db.session.commit()
    shop.work()


@pytest.mark.parametrize("reason", ["cancelled", "staff"])
def test_a_refund_waits_while_the_payment_is_disputed(shop, deliver, disputed, reason):
    order, name = disputed()

    shop.refund(order, "499.00", reason)
    shop.work()

    [refund] = shop.refunds(order)
    assert (refund.state, shop.ledger("refunds")) == ("requested", [])
    assert refund.detail == f"waits for dispute {name}"
    due = refund.next_check_at - clock.now()
    assert timedelta(minutes=59) < due <= timedelta(hours=1)
    shop.make_due()
    shop.work()
    triggers = [row.trigger for row in shop.rows(RefundHistory)]
    assert triggers == ["requested", "dispute_open"]  # recorded once

    shop.control(f"disputes/{name}", status="won")
    deliver()

    [refund] = shop.refunds(order)
    assert (refund.state, refund.detail) == ("processed", None)
    assert len(shop.ledger("refunds")) == 1
    shop.check_books()


def test_a_refund_that_was_requested_before_waits_too(shop, deliver):
    order = shop.captured()
    dispute(shop, order)
    shop.refund(order, "499.00", "cancelled")  # not sent yet

    with shop.app.app_context():
        raised = shop.ledger("disputes")[0]["id"]
        work = Context()
        work.disputes.store(raised)
        work.session.commit()
        from payment_svc.jobs import check_disputes

        check_disputes()
    shop.work()

    assert [r.state for r in shop.refunds(order)] == ["requested"]
    assert shop.ledger("refunds") == []


@pytest.fixture
def lose_the_call(shop, refund_answers_lost):
    """Return `lose_the_call(order, is_made=)`: send a refund without an answer."""

    def send(order, *, is_made):
        with refund_answers_lost(is_made=is_made):
            shop.refund(order, "499.00", "cancelled")
            shop.work()

    return send


@pytest.mark.parametrize(("is_made", "state"), [(True, "processed"), (False, "sent")])
def test_a_refund_without_an_answer_is_queried_during_a_dispute_but_not_sent_again(
    shop, deliver, lose_the_call, is_made, state
):
    order = shop.captured()
    lose_the_call(order, is_made=is_made)

    dispute(shop, order)
    deliver()
    shop.make_due()
    shop.work()

    assert [r.state for r in shop.refunds(order)] == [state]
    assert len(shop.ledger("refunds")) == is_made


def test_a_refund_without_an_answer_is_sent_after_the_dispute(
    shop, deliver, lose_the_call
):
    order = shop.captured()
    lose_the_call(order, is_made=False)
    dispute(shop, order)
    deliver()
    [raised] = shop.ledger("disputes")

    shop.control(f"disputes/{raised['id']}", status="won")
    deliver()

    assert [r.state for r in shop.refunds(order)] == ["processed"]
    assert len(shop.ledger("refunds")) == 1


def test_a_dispute_for_fraud_hinders_no_refund(shop, disputed):
    order, _ = disputed(phase="fraud")

    shop.refund(order, "499.00", "cancelled")
    shop.work()

    assert [r.state for r in shop.refunds(order)] == ["processed"]


def override_dispute(shop, refund):
    """Let an admin send a refund that waits for a dispute."""
    with shop.app.app_context():
        work = Context("user:9")
        work.refunds.override_dispute(refund.id)
        work.session.commit()
    shop.work()


def test_after_a_lost_dispute_an_automatic_refund_waits_for_a_person(
    shop, deliver, disputed
):
    order, name = disputed()
    shop.refund(order, "499.00", "cancelled")
    shop.control(f"disputes/{name}", status="lost")
    deliver()
    [refund] = shop.refunds(order)
    assert (refund.state, shop.ledger("refunds")) == ("requested", [])

    override_dispute(shop, refund)

    [refund] = shop.refunds(order)
    assert (refund.state, refund.despite_dispute) == ("processed", True)
    overridden = [
        row.actor
        for row in shop.rows(RefundHistory)
        if row.trigger == "dispute_overridden"
    ]
    assert overridden == ["user:9"]
    shop.check_books()


def test_a_refund_by_staff_that_waited_is_not_sent_after_a_lost_dispute(
    shop, deliver, disputed
):
    order, name = disputed()
    shop.refund(order, "499.00", "staff")
    shop.work()

    shop.control(f"disputes/{name}", status="lost")
    deliver()

    [refund] = shop.refunds(order)
    assert (refund.state, shop.ledger("refunds")) == ("requested", [])
    override_dispute(shop, refund)
    assert [r.state for r in shop.refunds(order)] == ["processed"]


def test_a_dispute_of_an_unknown_payment_is_stored_and_moves_nothing(shop, disputed):
    order, _ = disputed(payment_id="pay_Sb1RaT5mUb39Qz")

    [row] = shop.rows(Dispute)
    assert (row.payment_id, row.problem) == (None, "no payment of ours is disputed")
    assert shop.published(order, "payment.disputed") == []
    shop.refund(order, "499.00", "staff")
    shop.work()
    assert [r.state for r in shop.refunds(order)] == ["processed"]


def test_a_dispute_larger_than_its_payment_is_named_and_no_refund_is_sent(
    shop, disputed
):
    order, _ = disputed(amount=60000)

    shop.refund(order, "499.00", "staff")
    shop.work()

    assert [row.problem for row in shop.rows(Dispute)] == ["larger than the payment"]
    assert shop.ledger("refunds") == []


ENDS = {
    "of phase fraud": {"phase": "fraud"},
    "won": {"status": "won"},
    "closed": {"status": "closed"},
}


@pytest.mark.parametrize("end", [*ENDS, "refused"])
def test_until_a_dispute_is_fetched_its_webhook_holds_every_refund(
    shop, deliver, staff, end
):
    order = shop.captured()
    shop.settle(order)
    dispute(shop, order)
    service = shop.app.extensions["razorpay"]
    real = service.fetch_dispute
    service.fetch_dispute = lambda _: Unknown("HTTP 502")
    deliver()

    shop.refund(order, "499.00", "cancelled")
    shop.work()
    path = f"/payments/{shop.payment(order).id}/refund/"
    answer = shop.call("POST", path, staff, json={})

    assert (answer.status_code, answer.json["code"]) == (409, "dispute_open")
    assert (shop.refunds(order)[0].state, shop.ledger("refunds")) == ("requested", [])

    def fetch(name):
        if end == "refused":
            return Refused("The id provided does not exist")
        found = real(name).value
        return Done(type(found)(**{**vars(found), **ENDS[end]}))

    service.fetch_dispute = fetch
    make_due(shop)

    assert shop.refunds(order)[0].state == "processed"
