"""The state machine of refunds: columns, history, events and the payment's amounts."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock, logging
from chassis.state_machine import State, StateMachine, Transition, Trigger
from payment_svc import events
from payment_svc.config import Settings
from payment_svc.models import (
    REFUND_TRANSITIONS,
    Event,
    Payment,
    PaymentState,
    Refund,
    RefundEffect,
    RefundHistory,
    RefundReason,
    RefundState,
    RefundTrigger,
    status_of,
)

T = RefundTrigger
FINAL = (RefundState.PROCESSED, RefundState.FAILED)
# Not requested by order-svc: published until order-svc acknowledges them.
UNREQUESTED = (RefundReason.DIRECT, RefundReason.PROVIDER)
# Every attempt may fire these; only those that change the state are recorded.
ROUTINE = {T.SENT, T.NO_ANSWER, T.SEEN_PENDING}


class RefundMachine(StateMachine[Refund]):
    """Fires triggers at refunds; the history names the actor."""

    model = Refund
    noun = "refund"
    transitions = REFUND_TRANSITIONS

    def __init__(self, session: Session, settings: Settings, actor: str) -> None:
        self.session = session
        self.settings = settings
        self.actor = actor
        self.effects = {RefundEffect.ADD_TO_REFUNDED: self._add_to_refunded}

    def lock(self, key: int, *, skip_locked: bool = False) -> Refund:
        """Return a refund, locked after its payment: always in this order."""
        self.payment_of(self.get(key), lock=True)
        return super().lock(key, skip_locked=skip_locked)

    def payment_of(self, refund: Refund, *, lock: bool = False) -> Payment:
        """Return the payment of a refund."""
        return self.session.get_one(
            Payment,
            refund.payment_id,
            with_for_update=lock or None,
            populate_existing=lock,
        )

    def columns(
        self, refund: Refund | None, to: StrEnum, trigger: Trigger
    ) -> Mapping[str, Any]:
        """Return the trigger's data; a definite answer resets the attempts."""
        values = dict(trigger.data)
        if refund is None:
            values["idempotency_key"] = str(uuid.uuid4())
        elif refund.state != to and to != RefundState.SENT:
            values["attempts"] = 0
        return values

    def record(
        self, refund: Refund, source: State, transition: Transition, trigger: Trigger
    ) -> None:
        """Write the history, except for what happens at every attempt."""
        if refund.state == source and trigger.name in ROUTINE:
            return
        history = RefundHistory(
            refund_id=refund.id,
            from_state=source,
            to_state=refund.state,
            trigger=trigger.name,
            reason=trigger.reason[:255],
            actor=self.actor,
        )
        self.session.add(history)
        logging.get().info(
            "refund transition",
            refund_id=refund.id,
            trigger=str(trigger.name),
            state=str(refund.state),
        )

    def publish(self, refund: Refund, event: StrEnum, trigger: Trigger) -> None:
        """Publish an event; one that order-svc does not expect until acknowledged.

        order-svc knows no capture that is under review or rejected, and therefore no
        refund of one.
        """
        payment = self.payment_of(refund)
        if _is_unknown_to_order(payment, refund):
            refund.republish_at = None
            return
        is_expected = refund.reason not in UNREQUESTED or refund.acknowledged_at
        if event is Event.REFUND_PROCESSED and not is_expected:
            pause = timedelta(seconds=self.settings.announce_seconds)
            refund.republish_at = clock.now() + pause
        if payment.state != PaymentState.UNDER_REVIEW:
            self.session.add(events.OF_REFUND[Event(event)](payment, refund))

    def schedule(self, refund: Refund, source: State, trigger: Trigger) -> None:
        """Make a new refund due; a final one is never due again."""
        if refund.state in FINAL:
            refund.next_check_at = None
        elif source is None:
            refund.next_check_at = clock.now()

    def _add_to_refunded(self, refund: Refund, trigger: Trigger) -> None:
        """Add a refund to its payment's refunded amount.

        The refund of a rejected capture does not count for the capture that replaced
        it.
        """
        payment = self.payment_of(refund)
        if not _is_current(payment, refund):
            return
        payment.amount_refunded += refund.amount
        payment.status = status_of(
            PaymentState(payment.state),
            payment.closing_reason,
            payment.captured_amount,
            payment.amount_refunded,
        )
        payment.version += 1
        payment.updated_at = clock.now()


def _is_current(payment: Payment, refund: Refund) -> bool:
    """Return whether a refund is of its payment's capture, not of a rejected one."""
    return refund.razorpay_payment_id == payment.razorpay_payment_id


def _is_unknown_to_order(payment: Payment, refund: Refund) -> bool:
    """Return whether a refund is of a capture that an admin has rejected."""
    is_rejected = payment.state == PaymentState.CLOSED or not _is_current(
        payment, refund
    )
    is_found = refund.reason == RefundReason.PROVIDER
    return refund.reason == RefundReason.REVIEW_REJECTED or (is_found and is_rejected)
