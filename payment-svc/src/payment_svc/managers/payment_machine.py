"""The state machine of payments: columns, history, events and the next poll."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock, logging
from chassis.state_machine import Kind, State, StateMachine, Transition, Trigger
from payment_svc import events
from payment_svc.config import Settings
from payment_svc.managers.schedule import next_check
from payment_svc.models import (
    PAYMENT_TRANSITIONS,
    Event,
    Payment,
    PaymentHistory,
    PaymentState,
    PaymentTrigger,
    status_of,
)

T = PaymentTrigger
OF_PRIMARY = {Event.CLOSED, Event.UNDER_REVIEW}
# Every poll may fire these again; only those that change the payment are recorded.
POLLED = {T.LINK_ENDED, T.CAPTURE_SEEN, T.MISMATCH_SEEN}


class PaymentMachine(StateMachine[Payment]):
    """Fires triggers at payments; the history names the actor."""

    model = Payment
    noun = "payment"
    transitions = PAYMENT_TRANSITIONS

    def __init__(self, session: Session, settings: Settings, actor: str) -> None:
        self.session = session
        self.settings = settings
        self.actor = actor

    def columns(
        self, payment: Payment | None, to: StrEnum, trigger: Trigger
    ) -> Mapping[str, Any]:
        """Return the trigger's data and the status; a new state resets the attempts."""
        values = {**trigger.data, "status": _status(payment, to, trigger.data)}
        if payment is None:
            values["receipt"] = str(uuid.uuid4())
        if payment is None or payment.state != to:
            values |= {"state_since": clock.now(), "attempts": 0}
        return values

    def record(
        self, payment: Payment, source: State, transition: Transition, trigger: Trigger
    ) -> None:
        """Write the history, except for a poll's result that is already known."""
        if transition.kind is Kind.MOVE:
            payment.updated_at = clock.now()
        elif trigger.name in POLLED:
            return
        history = PaymentHistory(
            payment_id=payment.id,
            from_state=source,
            to_state=payment.state,
            trigger=trigger.name,
            reason=trigger.reason[:255],
            actor=self.actor,
        )
        self.session.add(history)
        logging.get().info(
            "payment transition",
            payment_id=payment.id,
            trigger=str(trigger.name),
            state=str(payment.state),
        )

    def publish(self, payment: Payment, event: StrEnum, trigger: Trigger) -> None:
        """Publish an event; a capture is republished until order-svc settles it."""
        if event in OF_PRIMARY and payment.extra_of is not None:
            return  # an EXTRA payment changes an order only when it is captured
        if event is Event.CAPTURED and payment.outcome is None:
            pause = timedelta(seconds=self.settings.announce_seconds)
            payment.republish_at = clock.now() + pause
        self.session.add(events.OF_PAYMENT[Event(event)](payment))

    def schedule(self, payment: Payment, source: State, trigger: Trigger) -> None:
        """Plan the next poll of a payment whose state has changed."""
        if payment.state != source:
            self.plan_poll(payment)

    def plan_poll(self, payment: Payment) -> None:
        """Plan the next poll after a definite answer of Razorpay.

        A payment that became due during a poll stays due: the requested poll may see a
        newer state.
        """
        now, due = clock.now(), payment.next_check_at
        if due is None or due > now:
            payment.next_check_at = next_check(payment, self.settings, now)


def _status(payment: Payment | None, to: StrEnum, data: Mapping[str, Any]) -> str:
    names = ("closing_reason", "captured_amount", "amount_refunded")
    known = (data.get(name, getattr(payment, name, None)) for name in names)
    return status_of(PaymentState(to), *known)
