"""Every trigger, fired in every state, does what the table defines."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from chassis import clock
from chassis.errors import Conflict
from chassis.state_machine import Kind, Trigger
from payment_svc.managers.payment_machine import POLLED
from payment_svc.models import (
    PAYMENT_TRANSITIONS,
    ClosingReason,
    Payment,
    PaymentHistory,
    PaymentState,
    PaymentTrigger,
)

LEGAL = (Kind.MOVE, Kind.ACKNOWLEDGE)


def is_recorded(transition, trigger):
    """Return whether the history has a line: what a poll only sees again has none."""
    return transition.kind is Kind.MOVE or trigger not in POLLED


@pytest.mark.parametrize("trigger", list(PaymentTrigger))
def test_a_payment_takes_this_trigger_as_the_table_says(
    session, work, a_payment, events_of, status_in, trigger
):
    for state in PaymentState:
        payment = a_payment(state)
        expected = PAYMENT_TRANSITIONS[state, trigger]
        fired = Trigger(trigger, reason="why", data={"reason": "noted"})

        if expected.kind not in LEGAL:
            with pytest.raises(Conflict):
                work.machine.fire(payment, fired)
            session.rollback()
        else:
            work.machine.fire(payment, fired)
            session.commit()

        to = expected.to or state
        published = [str(expected.publishes)] if expected.publishes else []
        history = session.scalars(
            select(PaymentHistory).filter_by(payment_id=payment.id)
        ).all()
        assert payment.state == to
        assert payment.status == status_in(to)
        assert events_of(payment.order_id) == published
        is_legal = expected.kind in LEGAL and is_recorded(expected, trigger)
        assert [(h.from_state, h.to_state, h.reason) for h in history] == (
            [(state, to, "why")] if is_legal else []
        )
        assert payment.reason == ("noted" if expected.kind is Kind.MOVE else None)


@pytest.mark.parametrize("trigger", list(PaymentTrigger))
def test_a_payment_that_does_not_exist_takes_this_trigger_as_the_table_says(
    session, work, events_of, trigger
):
    expected = PAYMENT_TRANSITIONS[None, trigger]
    data = {
        "order_id": "4711",
        "amount": Decimal("499.00"),
        "user_id": 1,
        "placed_at": clock.now(),
        "closing_reason": ClosingReason.EXPIRED,
        "captured_amount": Decimal("499.00"),
        "captured_currency": "INR",
        "razorpay_payment_id": "pay_1",
    }

    if expected.kind not in LEGAL:
        with pytest.raises(Conflict):
            work.machine.insert(Trigger(trigger, data=data))
        session.rollback()
        assert session.scalars(select(Payment)).all() == []
        return
    payment = work.machine.insert(Trigger(trigger, data=data))
    session.commit()

    history = session.scalars(select(PaymentHistory)).all()
    assert (payment.state, len(history)) == (expected.to, 1)
    assert (history[0].from_state, history[0].to_state) == (None, expected.to)
    published = [str(expected.publishes)] if expected.publishes else []
    assert events_of("4711") == published


def test_a_payment_that_changed_meanwhile_is_read_again(
    session, work, a_payment, events_of
):
    payment = a_payment(PaymentState.ISSUED)
    session.execute(
        update(Payment.__table__)
        .where(Payment.__table__.c.auditlog_ptr_id == payment.id)
        .values(state=PaymentState.CAPTURED, version=payment.version + 1)
    )

    work.machine.fire(payment, Trigger(PaymentTrigger.CLOSE_REQUESTED))
    session.commit()

    assert payment.state == PaymentState.CAPTURED
    assert events_of(payment.order_id) == ["payment.captured"]


def test_a_transition_changes_when_the_payment_was_changed(
    session, work, a_payment, pass_time
):
    payment = a_payment(PaymentState.ISSUED)
    pass_time(timedelta(seconds=60))

    work.machine.fire(payment, Trigger(PaymentTrigger.CLOSE_REQUESTED))
    session.commit()

    assert (payment.updated_at - payment.created_at).total_seconds() > 50
    assert payment.version == 2
