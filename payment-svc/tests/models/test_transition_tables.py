"""The two tables, cell by cell: as the saga's page has them, and as they are applied.

A cell is `state` or `state>event`; a dot is a cell that cannot happen.
"""

import uuid
from decimal import Decimal

import pytest
from sqlalchemy import select

from chassis import clock
from chassis.errors import Conflict
from payment_svc.extensions import db
from payment_svc.managers import PaymentManager, RefundManager
from payment_svc.models import (
    PAYMENT_STATUS,
    PAYMENT_TRANSITIONS,
    REFUND_TRANSITIONS,
    ClosingReason,
    Outbox,
    Payment,
    PaymentHistory,
    PaymentState,
    PaymentTrigger,
    Refund,
    RefundHistory,
    RefundReason,
    RefundState,
    RefundTrigger,
    Returned,
)

PAYMENTS = """
trigger         none            created           issued            closing         closed           captured          suspect
requested       created         created           issued>link_ready closing         closed>closed    captured>captured suspect
close_requested closed>closed   closing           closing           closing         closed>closed    captured>captured suspect
link_made       .               issued>link_ready issued            closing         closed           captured          suspect
given_up        .               closed>closed     issued            closing         closed           captured          suspect
link_over       .               closed>closed     closed>closed     closed>closed   closed           captured          suspect
capture_seen    captured>captured captured>captured captured>captured captured>captured captured>captured captured     suspect
mismatch_seen   suspect         suspect           suspect           suspect         suspect          captured          suspect
second_seen     .               .                 .                 .               .                captured          suspect
accepted        .               .                 .                 .               .                .                 captured>captured
turned_back     .               .                 .                 .               .                .                 closed>closed
settled         .               .                 .                 .               .                captured          .
unheard         .               .                 .                 .               .                captured>captured .
"""  # noqa: E501
REFUNDS = """
trigger        none          requested sent                pending             processed           failed
asked          requested     requested sent                pending             processed>processed failed>failed
too_much       failed>failed .         .                   .                   .                   .
called         .             sent      sent                .                   .                   .
no_answer      .             .         sent                pending             processed           failed
seen_pending   .             .         pending             pending             processed           failed
seen_processed .             .         processed>processed processed>processed processed           failed
seen_failed    .             .         failed>failed       failed>failed       processed           failed
refused        .             .         failed>failed       .                   processed           failed
unheard        .             .         .                   .                   processed>processed .
acknowledged   .             .         .                   .                   processed           .
"""  # noqa: E501


def cells(text):
    """Return {(state or None, trigger): (to, event)}."""
    head, *lines = (line.split() for line in text.strip().splitlines())
    found = {}
    for trigger, *row in lines:
        for state, cell in zip(head[1:], row, strict=True):
            if cell != ".":
                to, _, event = cell.partition(">")
                found[None if state == "none" else state, trigger] = (to, event)
    return found


def as_written(table):
    return {
        key: (str(m.to), m.says.partition(".")[2] if m.says else "")
        for key, m in table.items()
    }


def test_the_payments_table_is_that_of_the_saga():
    assert as_written(PAYMENT_TRANSITIONS) == cells(PAYMENTS)
    assert {t for _, t in PAYMENT_TRANSITIONS} == set(PaymentTrigger)


def test_the_refunds_table_is_that_of_the_saga():
    assert as_written(REFUND_TRANSITIONS) == cells(REFUNDS)
    assert {t for _, t in REFUND_TRANSITIONS} == set(RefundTrigger)


def test_every_state_has_its_status():
    reasons = {
        PaymentState.CLOSED: set(ClosingReason),
        PaymentState.CAPTURED: set(Returned),
    }
    wanted = {(s, r) for s in PaymentState for r in reasons.get(s, {None})}

    assert set(PAYMENT_STATUS) == wanted


@pytest.fixture
def session(app):
    with app.app_context():
        yield db.session


@pytest.fixture
def settings(app):
    return app.extensions["settings"]


def a_payment(session, state):
    payment = Payment(
        order_id=str(uuid.uuid4().int % 10**9),
        amount=Decimal("499.00"),
        status=PAYMENT_STATUS[state, reason_of(state)],
        state=state,
        receipt=str(uuid.uuid4()),
        user_id=1,
        razorpay_short_url=f"https://rzp.io/{uuid.uuid4()}",
        razorpay_payment_id=f"pay_{uuid.uuid4()}",
        captured_amount=Decimal("499.00"),
        captured_currency="INR",
        closing_reason=ClosingReason.EXPIRED,
    )
    payment.placed_at = payment.expires_at = clock.now()
    session.add(payment)
    session.commit()
    return payment


def events_of(session, order_id):
    rows = select(Outbox.type).filter_by(subject=f"orders/{order_id}")
    return list(session.scalars(rows))


@pytest.mark.parametrize("trigger", list(PaymentTrigger))
def test_a_payment_takes_this_trigger_as_the_table_says(session, settings, trigger):
    manager = PaymentManager(session, settings, "test")
    for state in PaymentState:
        payment = a_payment(session, state)
        expected = PAYMENT_TRANSITIONS.get((state, trigger))

        if expected is None:
            with pytest.raises(Conflict):
                manager.become(payment, trigger)
            session.rollback()
        else:
            manager.become(payment, trigger, "why", reason="noted")
            session.commit()

        to = expected.to if expected else state
        says = [str(expected.says)] if expected and expected.says else []
        history = session.scalars(
            select(PaymentHistory).filter_by(payment_id=payment.id)
        ).all()
        assert payment.state == to
        assert payment.status == PAYMENT_STATUS[to, reason_of(to)]
        assert events_of(session, payment.order_id) == says
        assert [(h.from_state, h.to_state) for h in history] == (
            [(state, to)] if expected else []
        )


@pytest.mark.parametrize("trigger", list(PaymentTrigger))
def test_a_payment_that_is_not_there_takes_this_trigger_as_the_table_says(
    session, settings, trigger
):
    manager = PaymentManager(session, settings, "test")
    expected = PAYMENT_TRANSITIONS.get((None, trigger))
    facts = {
        "order_id": "4711",
        "amount": Decimal("499.00"),
        "user_id": 1,
        "placed_at": clock.now(),
        "closing_reason": ClosingReason.EXPIRED,
        "captured_amount": Decimal("499.00"),
        "captured_currency": "INR",
        "razorpay_payment_id": "pay_1",
    }

    if expected is None:
        with pytest.raises(Conflict):
            manager.enter(trigger, **facts)
        session.rollback()
        assert session.scalars(select(Payment)).all() == []
        return
    payment = manager.enter(trigger, **facts)
    session.commit()

    history = session.scalars(select(PaymentHistory)).all()
    assert (payment.state, len(history)) == (expected.to, 1)
    assert (history[0].from_state, history[0].to_state) == (None, expected.to)
    said = [str(expected.says)] if expected.says else []
    assert events_of(session, "4711") == said


@pytest.mark.parametrize("trigger", list(RefundTrigger))
def test_a_refund_that_is_not_there_takes_this_trigger_as_the_table_says(
    session, settings, trigger
):
    manager = RefundManager(session, settings, "test")
    payment = a_payment(session, PaymentState.CAPTURED)
    expected = REFUND_TRANSITIONS.get((None, trigger))
    facts = (payment, trigger, Decimal("99.00"), RefundReason.STAFF, 1)

    if expected is None:
        with pytest.raises(Conflict):
            manager.enter(*facts)
        session.rollback()
        assert session.scalars(select(Refund)).all() == []
        return
    refund = manager.enter(*facts)
    session.commit()

    said = [str(expected.says)] if expected.says else []
    assert refund.state == expected.to
    assert events_of(session, payment.order_id) == said


def reason_of(state):
    return {
        PaymentState.CLOSED: ClosingReason.EXPIRED,
        PaymentState.CAPTURED: Returned.NOTHING,
    }.get(state)


@pytest.mark.parametrize("trigger", list(RefundTrigger))
def test_a_refund_takes_this_trigger_as_the_table_says(session, settings, trigger):
    manager = RefundManager(session, settings, "test")
    for n, state in enumerate(RefundState, 1):
        payment = a_payment(session, PaymentState.CAPTURED)
        refund = Refund(
            payment_id=payment.id,
            key=f"{trigger}:{state}",
            idempotency_key=str(uuid.uuid4()),
            amount=Decimal("99.00"),
            currency="INR",
            reason=RefundReason.STAFF,
            n=n,
            state=state,
        )
        session.add(refund)
        session.commit()
        expected = REFUND_TRANSITIONS.get((state, trigger))

        if expected is None:
            with pytest.raises(Conflict):
                manager.become(refund, payment, trigger)
            session.rollback()
        else:
            manager.become(refund, payment, trigger)
            session.commit()

        to = expected.to if expected else state
        says = [str(expected.says)] if expected and expected.says else []
        history = session.scalars(
            select(RefundHistory).filter_by(refund_id=refund.id)
        ).all()
        assert refund.state == to
        assert events_of(session, payment.order_id) == says
        assert {(h.from_state, h.to_state) for h in history} <= {(state, to)}
        assert bool(history) or expected is None or to == state


def test_a_change_that_was_overtaken_is_refused(session, settings):
    manager = PaymentManager(session, settings, "test")
    payment = a_payment(session, PaymentState.ISSUED)
    table = Payment.__table__

    with pytest.raises(Conflict, match="moved meanwhile"):
        manager.change(table, payment.id, PaymentState.CREATED, attempts=7)
