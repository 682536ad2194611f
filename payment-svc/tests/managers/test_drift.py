"""Differences are stored once for each run, repaired by polls or reported."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from chassis import clock
from payment_svc.managers.differences import Difference
from payment_svc.managers.run_planning import start
from payment_svc.models import Dispute, DriftKind, Payment, PaymentState

ALERT = "razorpay differs from our rows"


@pytest.fixture
def record(work):
    """Return `record(*found)`: a run of its own stores the differences."""
    begin = clock.now()

    def store(*found):
        store.count += 1
        since = begin - timedelta(hours=store.count)
        run = work.runs.get(start(work.session, since, since))
        work.drift.record(run, found)
        return run

    store.count = 0
    return store


def alerts(caplog):
    return [r.msg["kinds"] for r in caplog.records if r.msg.get("event") == ALERT]


def test_a_difference_is_stored_once_in_a_run(work, record):
    one = Difference(DriftKind.NOT_OURS, "pay_1", "nothing", "captured")

    run = record(one, one)
    work.drift.record(run, [one])

    [row] = work.drift.list(run.id, 10)
    assert (row.kind, row.razorpay_id, row.done) == ("not_ours", "pay_1", "alert")
    assert (run.drift, run.unexplained) == (1, 1)


def test_a_list_of_differences_is_limited(work, record):
    found = [Difference(DriftKind.NOT_OURS, f"pay_{n}", "", "") for n in range(3)]

    run = record(*found)

    shown = work.drift.list(run.id, 2)
    assert [one.razorpay_id for one in shown] == ["pay_0", "pay_1"]


def test_a_difference_that_no_poll_repairs_is_alerted_once(record, caplog):
    one = Difference(DriftKind.NOT_OURS, "pay_1", "nothing", "captured")

    record(one)
    record(one)

    assert alerts(caplog) == [{"not_ours": 1}]


def test_a_difference_that_a_poll_repairs_is_alerted_when_it_is_found_again(
    session, a_payment, record, caplog
):
    payment = a_payment(PaymentState.CAPTURED)
    due = (Payment, payment.id)
    one = Difference(DriftKind.FEE, "pay_1", "1.00", "2.00", payment.id, due)

    first = record(one)
    assert alerts(caplog) == []
    record(one)

    session.refresh(payment)
    assert payment.next_check_at <= clock.now()
    assert first.unexplained == 0
    assert alerts(caplog) == [{"fee": 1}]


def test_a_dispute_is_stored_to_be_fetched(session, record):
    record(Difference(DriftKind.DISPUTE, "disp_1", "nothing", "open"))

    [row] = session.scalars(select(Dispute)).all()
    assert row.razorpay_dispute_id == "disp_1"
