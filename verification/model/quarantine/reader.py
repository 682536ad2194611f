"""The idempotent consumer, and the two services that handle its messages."""

from order_svc.managers.effects import REFUNDS
from order_svc.models import OrderTrigger
from payment_svc.models import PaymentTrigger, RefundTrigger
from verification.model.base import Model
from verification.model.broken import Broken
from verification.model.quarantine.state import (
    CAPTURED,
    DONE,
    ONCE,
    PROCESSED,
    REFUND,
    SETTLED,
    WAITING,
    Id,
    World,
    publish,
)


class Refused(Exception):
    """The consumer refuses a message."""


class Services(Model):
    """How the two services handle a message."""

    def handle(self, s: World, kind: str) -> World:
        """Let the consumer of a message type handle it."""
        if kind == CAPTURED:
            return self.fire_order(s, OrderTrigger.CAPTURED)
        if kind == PROCESSED:
            is_new = self.rules.broken is Broken.RECORD_NOT_UNIQUE or not s.recorded
            return self.fire_order(
                s._replace(recorded=s.recorded + is_new), OrderTrigger.REFUND_COMPLETED
            )
        if kind == SETTLED:
            trigger = PaymentTrigger.SETTLED
            payment, _ = self.rules.fire("payment", s.payment, trigger)
            return s._replace(payment=payment, is_settled=True)
        return self.fire_refund(s, RefundTrigger.REQUESTED)

    def fire_order(self, s: World, trigger: OrderTrigger) -> World:
        """Make the order's transition: its refund and its event."""
        order, transition = self.rules.fire("order", s.order, trigger)
        s = s._replace(order=order)
        if any(effect in REFUNDS for effect in transition.effects):
            s = publish(s._replace(is_requested=True), REFUND)
        return publish(s, SETTLED) if transition.publishes is SETTLED else s

    def fire_refund(self, s: World, trigger: RefundTrigger) -> World:
        """Make the refund's transition and publish its event."""
        refund, transition = self.rules.fire("refund", s.refund, trigger)
        s = s._replace(refund=refund)
        return publish(s, transition.publishes) if transition.publishes else s


class Reader(Services):
    """Handles a message once, in the transaction of its inbox row, or parks it."""

    def deliver(self, s: World, message: Id) -> World:
        """Handle a message, skip a duplicate, or park it without an inbox row."""
        if message[0] != s.kind:
            return self.handle(s, message[0])
        if message in s.inbox:
            return s
        marked = s._replace(inbox=s.inbox | {message})
        try:
            return self.apply(marked, message)
        except Refused:
            leaves = self.rules.broken is Broken.REFUSED_LEAVES_INBOX_ROW
            return self.park(marked if leaves else s, message)

    def apply(self, s: World, message: Id, *, is_retry: bool = False) -> World:
        """Handle a message in the transaction of its inbox row, or raise Refused."""
        if not s.how:
            return self.handle(s, s.kind)
        if s.how == "unreadable" or s.kind not in ONCE or is_retry:
            raise Refused
        if not s.parked or self.rules.broken is Broken.PARKED_FOR_EACH_COPY:
            raise Refused
        is_kept = self.rules.broken is Broken.COPY_LEAVES_INBOX_ROW
        return s if is_kept else s._replace(inbox=s.inbox - {message})

    def park(self, s: World, message: Id) -> World:
        """Store a refused message for triage."""
        if self.rules.broken is Broken.REFUSED_NOT_PARKED:
            return s
        rows = frozenset(row for row in s.parked if row[0] != message)
        return s._replace(parked=rows | {(message, WAITING)})

    def retry(self, s: World, message: Id) -> World:
        """Handle a quarantined message again."""
        left = s._replace(parked=s.parked - {(message, WAITING)})
        done = left._replace(parked=left.parked | {(message, DONE)})
        if message in s.inbox:
            return done
        try:
            is_marked = self.rules.broken is not Broken.RETRY_WITHOUT_INBOX_ROW
            mark = {message} if is_marked else set()
            marked = done._replace(inbox=done.inbox | mark)
            return self.apply(marked, message, is_retry=True)
        except Refused:
            is_done = self.rules.broken is Broken.FAILED_RETRY_IS_DONE
            return done if is_done else s
