"""Disputes are stored as Razorpay returns them, whatever the order of the events."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from chassis import clock, leases
from payment_svc.models import (
    Dispute,
    DisputeHistory,
    Outbox,
    PaymentAttempt,
    PaymentState,
    RefundReason,
)
from payment_svc.razorpay.types import ProviderDispute

NAME = "disp_Sc1Hd7WnQv38Lx"
RESPOND_BY = clock.now().replace(microsecond=0) + timedelta(days=6)


@pytest.fixture
def payment(a_payment):
    return a_payment(PaymentState.CAPTURED)


@pytest.fixture
def reconcile(session, work, payment):
    """Return `reconcile(**seen)`: the dispute after Razorpay returned this."""

    def store(*, lease=True, **seen):
        usual = {
            "id": NAME,
            "payment_id": payment.razorpay_payment_id,
            "phase": "chargeback",
            "status": "open",
            "amount": Decimal("499.00"),
            "amount_deducted": Decimal("0.00"),
            "currency": "INR",
            "reason_code": "1061",
            "respond_by": RESPOND_BY,
            "opened_at": None,
        }
        work.disputes.store(NAME)
        session.flush()
        row_id = session.scalar(select(Dispute.id))
        if lease:
            leases.lease(Dispute, 30.0)
        dispute = work.disputes.reconcile(row_id, ProviderDispute(**{**usual, **seen}))
        session.commit()
        return dispute

    return store


def published(session):
    return [row.data for row in session.scalars(select(Outbox).order_by(Outbox.id))]


def history(session):
    rows = session.scalars(select(DisputeHistory).order_by(DisputeHistory.id))
    return [(row.phase, row.status) for row in rows]


def test_a_dispute_is_stored_recorded_and_published(session, payment, reconcile):
    dispute = reconcile()

    assert (dispute.payment_id, dispute.problem) == (payment.id, None)
    assert history(session) == [("chargeback", "open")]
    assert published(session) == [
        {
            "order_id": int(payment.order_id),
            "payment_id": payment.id,
            "dispute_id": dispute.id,
            "version": 1,
            "phase": "chargeback",
            "status": "open",
            "amount": "499.00",
            "respond_by": RESPOND_BY.isoformat().replace("+00:00", "Z"),
        }
    ]


def test_the_same_answer_again_changes_nothing(session, reconcile):
    versions = {reconcile().version for _ in range(3)}

    assert versions == {1}
    assert len(history(session)) == len(published(session)) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"phase": "pre_arbitration"},
        {"status": "under_review"},
        {"amount": Decimal("9.00")},
        {"amount_deducted": Decimal("499.00")},
        {"respond_by": None},
    ],
)
def test_each_change_is_recorded_and_published(session, reconcile, change):
    reconcile()

    assert reconcile(**change).version == 2
    assert len(history(session)) == 2
    assert [data["version"] for data in published(session)] == [1, 2]


def test_words_that_nobody_documented_are_kept(session, reconcile):
    reconcile(phase="mediation", status="frozen", reason_code="")

    assert history(session) == [("mediation", "frozen")]


def test_an_open_dispute_is_polled_each_hour_and_an_ended_one_never(reconcile):
    due = reconcile().next_check_at - clock.now()
    assert timedelta(minutes=59) < due <= timedelta(hours=1)

    assert reconcile(status="won").next_check_at is None


def test_a_dispute_that_became_due_during_its_fetch_stays_due(session, work, reconcile):
    dispute = reconcile()
    dispute.next_check_at = clock.now()
    session.commit()

    assert reconcile(lease=False, status="won").next_check_at <= clock.now()


def test_a_dispute_of_a_foreign_payment_is_named_and_moves_nothing(session, reconcile):
    dispute = reconcile(payment_id="pay_Sb1RaT5mUb39Qz")

    assert (dispute.payment_id, dispute.status) == (None, "open")
    assert dispute.problem == "no payment of ours is disputed"
    assert published(session) == []
    assert history(session) == [("chargeback", "open")]


def test_a_dispute_is_published_when_its_payment_appears(session, payment, reconcile):
    payment.razorpay_payment_id = None
    payment.state = PaymentState.ISSUED
    session.commit()
    reconcile(payment_id="pay_Sb1RaT5mUb39Qz")
    payment.razorpay_payment_id = "pay_Sb1RaT5mUb39Qz"
    session.commit()

    dispute = reconcile(payment_id="pay_Sb1RaT5mUb39Qz")

    assert (dispute.payment_id, dispute.problem) == (payment.id, None)
    assert len(published(session)) == 1


def test_a_dispute_larger_than_its_payment_is_named(reconcile):
    assert reconcile(amount=Decimal("499.01")).problem == "larger than the payment"
    assert reconcile(amount=Decimal("499.01"), currency="USD").problem is None


def test_a_rejected_capture_is_found_by_its_attempt(session, payment, reconcile):
    attempt = PaymentAttempt(
        payment_id=payment.id,
        razorpay_payment_id="pay_Sb1RaT5mUb39Qz",
        status="captured",
        amount=Decimal("1.00"),
        currency="INR",
    )
    session.add(attempt)
    session.commit()

    assert reconcile(payment_id="pay_Sb1RaT5mUb39Qz").payment_id == payment.id


def test_a_dispute_that_razorpay_refuses_is_retried_for_a_day(session, work):
    work.disputes.store(NAME)
    session.flush()
    row_id = session.scalar(select(Dispute.id))

    work.disputes.record_refusal(row_id, "The id provided does not exist")

    dispute = work.disputes.get(row_id)
    assert dispute.problem == "Razorpay: The id provided does not exist"
    assert dispute.next_check_at > clock.now()
    dispute.created_at = clock.now() - timedelta(hours=25)
    session.flush()
    work.disputes.record_refusal(row_id, "The id provided does not exist")
    assert work.disputes.get(row_id).next_check_at is None


@pytest.mark.parametrize("state", ["requested", "sent", "pending"])
@pytest.mark.parametrize("status", ["won", "lost", "closed", "under_review"])
def test_the_end_of_a_dispute_makes_waiting_refunds_due(
    session, work, payment, reconcile, state, status
):
    reconcile()
    refund = work.refunds.request(payment, Decimal("99.00"), RefundReason.STAFF, 1)
    refund.state, later = state, clock.now() + timedelta(hours=1)
    refund.next_check_at = later
    session.commit()

    reconcile(status=status)

    session.refresh(refund)
    is_waiting = status != "under_review" and state != "pending"
    assert (refund.next_check_at < later) is is_waiting


def errors(caplog):
    found = (r.msg for r in caplog.records if r.levelname == "ERROR")
    return [(one["event"], one["alert"]) for one in found]


@pytest.mark.parametrize(
    ("seen", "is_alert"),
    [
        ({"status": "open"}, True),
        ({"status": "under_review"}, True),
        ({"status": "lost"}, True),
        ({"status": "won"}, True),  # opened and ended before it was fetched
        ({"status": "closed"}, True),
        ({"status": "won", "amount": Decimal("499.01")}, True),
    ],
)
def test_a_dispute_that_is_open_lost_or_wrong_is_an_alert_once(
    reconcile, caplog, seen, is_alert
):
    for _ in range(2):
        reconcile(**seen)

    assert errors(caplog) == [("payment disputed", True)] * is_alert


@pytest.mark.parametrize(
    ("seen", "is_alert"),
    [
        ({"status": "won"}, False),
        ({"status": "closed"}, False),
        ({"status": "won", "amount_deducted": Decimal("10.00")}, True),
    ],
)
def test_the_end_of_a_known_dispute_is_an_alert_only_with_a_loss(
    reconcile, caplog, seen, is_alert
):
    reconcile(status="open")
    caplog.clear()

    reconcile(**seen)

    assert errors(caplog) == [("payment disputed", True)] * is_alert


def test_a_refused_dispute_is_one_alert(session, work, caplog):
    work.disputes.store(NAME)
    session.flush()
    row_id = session.scalar(select(Dispute.id))

    for _ in range(2):
        work.disputes.record_refusal(row_id, "The id provided does not exist")

    assert errors(caplog) == [("dispute refused", True)]


def test_two_processes_that_store_a_dispute_at_once_store_it_once(
    session, work, monkeypatch
):
    """Both see no row; the database lets one of them insert it."""
    work.disputes.store(NAME)
    session.flush()
    row = session.query(Dispute).one()
    row.next_check_at = None
    session.flush()
    find, calls = session.scalar, []

    def unseen_first(*args):
        calls.append(args)
        return None if len(calls) == 1 else find(*args)

    monkeypatch.setattr(session, "scalar", unseen_first)
    work.disputes.store(NAME)

    assert session.query(Dispute).count() == 1
    session.refresh(row)
    assert row.next_check_at <= clock.now()


def test_staff_publish_a_dispute_again(session, work, reconcile):
    work.disputes.publish_again(reconcile())
    session.flush()

    first, second = published(session)
    assert first == second


def test_a_dispute_that_was_not_fetched_is_not_published(session, work):
    work.disputes.publish_again(Dispute(razorpay_dispute_id=NAME))

    assert published(session) == []


def test_a_payments_disputes_are_listed_newest_first(session, work, payment, reconcile):
    dispute = reconcile()

    assert work.disputes.list(payment.id) == [dispute]
    assert work.disputes.list(payment.id + 1) == []
