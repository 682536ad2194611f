"""The audit reports nothing of a healthy shop, and each violation that is seeded."""

import json
from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from audit import money_seeds, other_seeds, stock_seeds
from audit.spoil import order, other, payment, refund, sent_meanwhile
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

import order_svc.models as o
import payment_svc.models as y
from devtools import audit
from devtools.audit.reading import opened

HOUR = 3600.0
DEAD_LETTER = {
    "message_id": "m",
    "queue": "payment-commands",
    "type": "payment.requested",
    "subject": "orders/1",
    "correlation_id": "c",
    "receives": 10,
    "state": "waiting",
}
SEEDS = [*stock_seeds.SEEDS, *money_seeds.SEEDS, *other_seeds.SEEDS]
ALWAYS = ("I01", "I02", "I03", "I09", "I10", "I13", "I16", "I18", "I19")
NAMES = [f"{invariant} {what}" for invariant, what, _ in SEEDS]


def test_a_healthy_shop_violates_nothing(scene):
    assert scene.violated() == {}


@pytest.mark.parametrize(
    ("invariant", "seed"), [(one, seed) for one, _, seed in SEEDS], ids=NAMES
)
def test_a_seeded_violation_is_caught(scene, invariant, seed):
    seed(scene)

    assert invariant in scene.violated()


def test_every_invariant_has_at_least_two_seeds():
    seeds = Counter(invariant for invariant, _, _ in SEEDS)

    assert all(seeds[invariant.id] >= 2 for invariant in audit.INVARIANTS)
    assert [one.id for one in audit.INVARIANTS] == [f"I{n:02}" for n in range(1, 20)]


def test_every_row_can_be_printed_and_sent(scene):
    for _, _, seed in SEEDS[::7]:
        seed(scene)

    rows = [row for found in scene.violated().values() for row in found]

    assert rows
    assert all(isinstance(v, str | int | dict | None) for r in rows for v in r.values())


@pytest.mark.parametrize(
    ("invariant", "seed"),
    [(one, seed) for one, _, seed in SEEDS if one in ALWAYS],
    ids=[name for name in NAMES if name[:3] in ALWAYS],
)
def test_what_always_holds_is_judged_with_orders_in_progress(scene, invariant, seed):
    seed(scene)

    assert invariant in scene.violated(drained=False, slack=HOUR)


def test_orders_in_progress_are_not_judged(scene):
    order(scene, scene.late, state="awaiting_payment", status="pending")
    scene.drop(y.Inbox, type="payment.requested")

    found = scene.violated(drained=False, slack=HOUR)

    assert found.keys() == {"I13"}  # no move was written down, and that is at once


def test_orders_without_progress_for_longer_than_the_slack_are_judged(scene):
    order(scene, scene.late, state="awaiting_payment", status="pending")
    scene.drop(y.Inbox, type="payment.requested")
    scene.now += timedelta(hours=2)

    found = scene.violated(drained=False, slack=HOUR)

    assert found.keys() >= {"I06", "I11", "I12"}


def test_a_payment_under_review_waits_for_a_person_and_is_not_stuck(scene):
    order(scene, scene.accepted, state="under_review", status="pending")
    payment(scene, scene.accepted, state="under_review", status="PENDING", outcome=None)

    assert not {"I06", "I11"} & scene.violated().keys()


@pytest.mark.parametrize(
    ("status", "is_waiting"), [("open", True), ("lost", True), ("won", False)]
)
def test_a_refund_that_waits_for_a_dispute_is_not_stuck(scene, status, is_waiting):
    order(scene, scene.refunded, state="refund_pending", refunded_amount=0)
    scene.change(o.OrderRefund, {"order_id": scene.refunded}, state="requested")
    payment(scene, scene.refunded, amount_refunded=0)
    capture = scene.capture(scene.refunded)["id"]
    scene.change(y.Refund, {"razorpay_payment_id": capture}, state="requested")
    scene.change(
        y.Dispute,
        status=status,
        razorpay_payment_id=capture,
    )

    assert ("I11" not in scene.violated()) is is_waiting


def test_a_refund_that_an_admin_sends_despite_a_dispute_is_allowed(scene):
    sent_meanwhile(scene)
    assert "I17" in scene.violated()

    scene.change(y.Refund, despite_dispute=True)

    assert "I17" not in scene.violated()


@pytest.mark.parametrize("state", ["awaiting_payment", "expiring"])
def test_an_order_that_does_not_know_of_its_review_is_stuck(scene, state):
    order(scene, scene.accepted, state=state, status="pending")
    payment(scene, scene.accepted, state="under_review", status="PENDING", outcome=None)

    assert "I11" in scene.violated()


def test_an_order_under_review_whose_payment_is_decided_is_stuck(scene):
    order(scene, scene.accepted, state="under_review", status="pending")

    assert "I11" in scene.violated()


def test_a_failed_refund_waits_for_a_person_and_is_not_stuck(scene):
    order(scene, scene.refunded, state="refund_pending", refunded_amount=0)
    where = {"order_id": scene.refunded}
    scene.change(o.OrderRefund, where, state="failed")
    payment(scene, scene.refunded, amount_refunded=0)
    refund(scene, "staff", state="failed", razorpay_refund_id=None)
    scene.ledger["refunds"].remove(scene.of("refunds", amount=49900))

    assert not {"I06", "I11"} & scene.violated().keys()


def test_a_refund_of_the_bank_that_failed_moved_no_money(scene):
    row = scene.ledger["refunds"][0]
    scene.ledger["refunds"].append({**row, "id": "rfnd_x", "status": "failed"})

    assert scene.violated() == {}


def test_a_dead_letter_is_received_while_it_waits_and_lost_when_it_is_gone(scene):
    event_id = scene.first(o.Outbox, type="payment.requested").event_id
    scene.drop(y.Inbox, event_id=event_id)
    row = {**DEAD_LETTER, "body": json.dumps({"id": event_id})}
    scene.add(y.DeadLetter, seen_at=scene.now, **row)
    assert scene.violated() == {}

    scene.change(y.DeadLetter, state="done")

    assert [row["id"] for row in scene.violated()["I12"]] == [event_id]


def test_messages_may_be_lost_with_their_queue_but_none_may_be_invented(scene):
    scene.drop(y.Inbox, type="payment.requested")
    assert scene.violated(queue_was_lost=True) == {}

    scene.drop(y.Outbox, type="payment.link_ready")
    rows = scene.violated(queue_was_lost=True)["I12"]

    assert {row["message"] for row in rows} == {"never sent"}


def test_half_a_message_may_be_pruned_after_a_month(scene):
    scene.drop(o.Inbox)
    scene.drop(o.Outbox)
    scene.now += timedelta(days=31)

    assert "I12" not in scene.violated()


def test_a_key_in_progress_is_no_fault_when_its_order_is_there(scene):
    scene.change(o.IdempotencyKey, {"resource_id": scene.late}, status=None)

    assert scene.violated() == {}


def test_without_a_ledger_what_needs_one_is_skipped(scene):
    scene.ledger = {}

    found = scene.verdicts()

    skipped = {verdict.id for verdict in found.values() if verdict.is_skipped}
    assert skipped == {"I06", "I07", "I08"}
    assert not any(verdict.rows for verdict in found.values())


def test_the_four_databases_are_read_by_their_addresses(healthy):
    verdicts = audit.check(
        healthy.urls, healthy.ledger, drained=True, slack_seconds=0.0
    )

    assert [verdict.rows for verdict in verdicts] == [[]] * 19


def test_an_audit_cannot_write(healthy):
    with opened(healthy.urls) as connections:
        for name, model in (("order-svc", o.Order), ("payment-svc", y.Payment)):
            spoil = update(model.__table__).values(currency="USD")
            with pytest.raises(DBAPIError, match=r"(?i)read.?only"):
                connections[name].execute(spoil)


def test_a_refund_of_a_payment_without_a_capture_disturbs_no_judgement(scene):
    payment = scene.first(y.Payment, order_id=str(scene.expired))
    scene.again(
        y.Refund,
        {"reason": "direct"},
        id=9001,
        key="k",
        idempotency_key="x",
        payment_id=payment.auditlog_ptr_id,
        razorpay_payment_id=None,
        razorpay_refund_id=None,
        state="failed",
    )

    assert set(scene.violated()) <= {"I13"}  # it has no history


def test_a_payment_that_razorpay_returned_without_a_capture_violates_nothing(scene):
    returned = {"captured": False, "status": "refunded"}
    other(scene, "payments", scene.capture(scene.late), **returned)
    pay_id = scene.ledger["payments"][-1]["id"]
    other(scene, "refunds", scene.ledger["refunds"][0], payment_id=pay_id, receipt=None)

    assert scene.violated() == {}


def test_a_refund_at_razorpay_may_exceed_what_one_in_progress_leaves(scene):
    order = scene.elsewhere
    pay_id = scene.capture(order)["id"]
    where = {"razorpay_payment_id": pay_id, "reason": "staff"}
    scene.change(y.Refund, where, amount=1000, state="requested")

    assert "I09" not in {
        name
        for name, rows in scene.violated(drained=False, slack=HOUR).items()
        if any("refunds requested" in row for row in rows)
    }
    assert "I09" in scene.violated()


@pytest.mark.parametrize("is_replaced", [True, False])
def test_a_replaced_payment_may_differ_from_its_order(scene, is_replaced):
    row = scene.first(y.Payment, order_id=str(scene.expired))
    own_id = row.auditlog_ptr_id if is_replaced else None
    changed = {"amount": Decimal("1.00"), "user_id": 9001, "extra_of": own_id}
    payment(scene, scene.expired, **changed)
    scene.link(scene.expired).update(amount=100)

    assert set(scene.violated()) == (set() if is_replaced else {"I10", "I15"})
