"""Every trigger, fired in every state, does what the table defines."""

import uuid
from decimal import Decimal

import pytest
from sqlalchemy import select

from chassis.errors import Conflict
from chassis.state_machine import Kind, Trigger
from payment_svc.managers import RefundMachine
from payment_svc.managers.refund_machine import ROUTINE
from payment_svc.models import (
    REFUND_TRANSITIONS,
    PaymentState,
    Refund,
    RefundHistory,
    RefundReason,
    RefundState,
    RefundTrigger,
)

LEGAL = (Kind.MOVE, Kind.ACKNOWLEDGE)


@pytest.fixture
def machine(session, work):
    return RefundMachine(session, work.settings, "test")


@pytest.fixture
def payment(a_payment):
    return a_payment(PaymentState.CAPTURED)


def columns(payment, n=1):
    return {
        "payment_id": payment.id,
        "key": f"refund:{payment.id}:staff:{n}",
        "amount": Decimal("99.00"),
        "currency": "INR",
        "reason": RefundReason.STAFF,
        "n": n,
    }


@pytest.mark.parametrize("trigger", list(RefundTrigger))
def test_a_refund_that_does_not_exist_takes_this_trigger_as_the_table_says(
    session, machine, payment, events_of, trigger
):
    expected = REFUND_TRANSITIONS[None, trigger]
    fired = Trigger(trigger, data=columns(payment))

    if expected.kind not in LEGAL:
        with pytest.raises(Conflict):
            machine.insert(fired)
        session.rollback()
        assert session.scalars(select(Refund)).all() == []
        return
    refund = machine.insert(fired)
    session.commit()

    published = [str(expected.publishes)] if expected.publishes else []
    assert refund.state == expected.to
    assert events_of(payment.order_id) == published


@pytest.mark.parametrize("trigger", list(RefundTrigger))
def test_a_refund_takes_this_trigger_as_the_table_says(
    session, machine, a_payment, events_of, trigger
):
    for n, state in enumerate(RefundState, 1):
        payment = a_payment(PaymentState.CAPTURED)
        key = str(uuid.uuid4())
        refund = Refund(**columns(payment, n), idempotency_key=key, state=state)
        session.add(refund)
        session.commit()
        expected = REFUND_TRANSITIONS[state, trigger]

        if expected.kind not in LEGAL:
            with pytest.raises(Conflict):
                machine.fire(refund, Trigger(trigger))
            session.rollback()
        else:
            machine.fire(refund, Trigger(trigger))
            session.commit()

        to = expected.to or state
        published = [str(expected.publishes)] if expected.publishes else []
        history = session.scalars(
            select(RefundHistory).filter_by(refund_id=refund.id)
        ).all()
        is_recorded = expected.kind in LEGAL and (to != state or trigger not in ROUTINE)
        assert refund.state == to
        assert events_of(payment.order_id) == published
        assert [(h.from_state, h.to_state) for h in history] == (
            [(state, to)] if is_recorded else []
        )


@pytest.mark.parametrize(
    ("capture", "refunded"), [("the same", "99.00"), ("an earlier one", "0.00")]
)
def test_a_processed_refund_counts_for_its_own_capture(
    session, machine, payment, capture, refunded
):
    own = payment.razorpay_payment_id if capture == "the same" else "pay_before"
    data = {**columns(payment), "razorpay_payment_id": own}
    refund = machine.insert(Trigger(RefundTrigger.REQUESTED, data=data))

    for trigger in (RefundTrigger.SENT, RefundTrigger.SEEN_PROCESSED):
        machine.fire(machine.lock(refund.id), Trigger(trigger))
    session.commit()

    assert payment.amount_refunded == Decimal(refunded)
