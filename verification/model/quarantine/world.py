"""The quarantine model: messages that a consumer refuses, and their triage.

A cancelled order is paid: the capture must reach order-svc, the refund's request
payment-svc, and the refund's answer order-svc again. Each of the three may be refused
for a while, because the consumer cannot parse it or its handler rejects it. The
message is then parked; a person retries it once the cause is repaired, or drops it.
Messages of the refused type have ids and their consumer has an inbox. Of each other
type there is one message, which may be delivered any number of times.
"""

from collections.abc import Iterator

from order_svc.models import DECIDED, OrderState
from payment_svc.models import PaymentTrigger, RefundState, RefundTrigger
from verification.model.base import Step, Violation
from verification.model.broken import Broken
from verification.model.quarantine.reader import Reader
from verification.model.quarantine.state import (
    CAPTURED,
    DONE,
    DROPPED,
    FIRST,
    ONCE,
    PROCESSED,
    REFUND,
    SETTLED,
    WAITING,
    Id,
    World,
    publish,
)

RT = RefundTrigger


class Quarantine(Reader):
    """The transitions and invariants of refused messages."""

    name = "quarantine"

    def starts(self) -> Iterator[Step]:
        """Refuse one message type, in one of two ways."""
        for kind in (CAPTURED, REFUND, PROCESSED):
            for how in ("unreadable", "rejected"):
                yield (kind, "is", how), World(kind, how)

    def work(self, s: World) -> Iterator[Step]:
        """Handle messages; refund the money."""
        for message in sorted(s.queue):
            taken = s._replace(queue=s.queue - {message})
            yield ("handled:", message), self.deliver(taken, message)
        if s.refund is RefundState.REQUESTED:
            yield "the refund starts", self.fire_refund(s, RT.SENT)
        if s.refund is RefundState.SENT:
            is_new = self.rules.broken is Broken.REFUND_NEW_KEY or not s.refunds
            sent = s._replace(refunds=s.refunds + is_new)
            yield "the money is refunded", self.fire_refund(sent, RT.SEEN_PROCESSED)

    def retries(self, s: World) -> Iterator[Step]:
        """Publish again what is not answered, as a new message with a new id."""
        if not s.is_settled:
            trigger = PaymentTrigger.ACK_TIMEOUT
            _, transition = self.rules.fire("payment", s.payment, trigger)
            if transition.publishes:
                yield "republished", publish(s, CAPTURED)
        if s.is_requested and not s.recorded:
            yield "requested again", publish(s, REFUND)

    def people(self, s: World) -> Iterator[Step]:
        """Repair the cause; redrive dead letters and retry quarantined messages."""
        if s.how:
            yield "a person repairs the cause", s._replace(how="")
        for message in sorted(s.dead):
            yield ("redriven:", message), self.redrive(s, message)
        for message, state in sorted(s.parked):
            if state == WAITING:
                yield ("retried:", message), self.retry(s, message)

    def redrive(self, s: World, message: Id) -> World:
        """Send a dead letter again, then delete it."""
        sent = s._replace(queue=s.queue | {message})
        return sent._replace(dead=s.dead - {message})

    def environment(self, s: World) -> Iterator[Step]:
        """Deliver twice, fail ten times, drop, crash, lose."""
        yield from self._deliveries(s)
        yield from self.people(s)
        for message in s.dead:
            sent = s._replace(queue=s.queue | {message})
            if self.rules.broken is Broken.REDRIVE_DELETES_FIRST:
                sent = s._replace(dead=s.dead - {message})
            yield ("a crash in the redrive of", message), sent
        for message, state in s.parked:
            if state == WAITING:
                rows = s.parked - {(message, WAITING)} | {(message, DROPPED)}
                yield ("dropped:", message), s._replace(parked=rows)

    def _deliveries(self, s: World) -> Iterator[Step]:
        for message in s.queue:
            again = self.deliver(s, message)
            again = again._replace(queue=again.queue | {message})
            yield ("handled, not deleted:", message), again
            left = s._replace(queue=s.queue - {message})
            if message[0] == s.kind and not s.dead:
                dead = left._replace(dead=frozenset({message}))
                yield ("failed ten times:", message), dead
            if self.loss:
                yield ("lost:", message), left

    def drop_useless(self, s: World) -> World:
        """Drop duplicates, and messages that never have an effect any more."""
        if not self.rules.drops_messages:
            return s
        over: set[str] = {SETTLED} if s.is_settled else set()
        over |= {CAPTURED} if s.is_settled and s.order in DECIDED else set()
        over |= {REFUND, PROCESSED} if s.recorded else set()
        useless = {(kind, FIRST) for kind in over - {s.kind}}
        return s._replace(queue=s.queue - s.inbox - useless, dead=s.dead - s.inbox)

    def check(self, s: World) -> None:
        """Check that nothing happens twice, and that done means done."""
        if s.refunds > 1 or s.recorded > 1:
            raise Violation("done twice: a refund")
        if s.recorded > s.refunds:
            raise Violation("order-svc records a refund that did not happen")
        states = [state for _, state in s.parked]
        if DONE in states and not self._is_known(s):
            raise Violation(f"message lost: {s.kind} is marked done without its effect")
        if s.how == "rejected" and s.kind in ONCE and states.count(WAITING) > 1:
            raise Violation(f"parked twice: {s.kind}")

    def _is_known(self, s: World) -> bool:
        if s.kind == CAPTURED:
            return s.order in DECIDED
        return s.recorded > 0 if s.kind == PROCESSED else s.refund is not None

    def check_stage(self, s: World, stage: str) -> None:
        """Check that a refund that cannot continue waits for triage."""
        if stage != "people" or self._is_over(s):
            return
        if not s.dead and not any(state != DONE for _, state in s.parked):
            raise Violation("stuck: no message waits for triage")

    def check_end(self, s: World) -> str:
        """Check that the refund is made and recorded, or that a person dropped it."""
        was_dropped = any(state == DROPPED for _, state in s.parked)
        if not self._is_over(s) and not was_dropped:
            raise Violation(f"stuck order: {s.order}, its refund {s.refund}")
        return f"order {s.order}, refund {s.refund}"

    def _is_over(self, s: World) -> bool:
        return (
            s.order is OrderState.REFUNDED
            and s.is_settled
            and s.refunds > 0
            and s.recorded > 0
        )
