"""The order's state machine: row, timeline, effects and messages change together."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from chassis.state_machine import Kind, State, StateMachine, Transition, Trigger
from order_svc import events
from order_svc.config import Times
from order_svc.managers import timeline
from order_svc.managers.effects import effects
from order_svc.managers.refunds import Refunds
from order_svc.managers.schedule import next_check
from order_svc.models import STATUSES, TRANSITIONS, Event, Order, OrderState


class OrderMachine(StateMachine[Order]):
    """Fires the saga's triggers at orders."""

    model = Order
    noun = "order"
    transitions = TRANSITIONS

    def __init__(self, session: Session, times: Times, refunds: Refunds) -> None:
        self.session = session
        self.times = times
        self.refunds = refunds
        self.effects = effects(session, refunds)

    def columns(
        self, row: Order | None, to: StrEnum, trigger: Trigger
    ) -> Mapping[str, Any]:
        """Return the status that belongs to the state, and a new order's columns."""
        placed = trigger.data if row is None else {}
        return {**placed, "status": STATUSES[OrderState(to)]}

    def record(
        self, row: Order, source: State, transition: Transition, trigger: Trigger
    ) -> None:
        """Add the lines of the order's timeline."""
        if transition.kind is Kind.ACKNOWLEDGE:
            timeline.add_ignored(self.session, row, transition.reason, trigger)
        else:
            timeline.add_transition(self.session, row, source, trigger)

    def publish(self, row: Order, event: StrEnum, trigger: Trigger) -> None:
        """Publish a message to payment-svc."""
        if event is Event.ORDER_SETTLED:
            self.refunds.settle(row, trigger.data.get("payment_id", row.payment_id))
        else:
            message = events.MESSAGES[Event(event)](row)
            timeline.publish(self.session, row.id, message)

    def schedule(self, row: Order, source: State, trigger: Trigger) -> None:
        """Set when the worker checks the order next."""
        row.attempts = 0
        row.next_check_at = next_check(row, self.times)
