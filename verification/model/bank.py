"""One refund at Razorpay, with a bank that may answer late.

Calls get lost, and a paused process handles answers late. A webhook proves nothing:
the state of a refund is what Razorpay returns when it is queried.
"""

from collections.abc import Iterator
from typing import NamedTuple

from order_svc.models import Event as OrderEvent
from payment_svc.models import Event, RefundState, RefundTrigger
from verification.model.base import Model, Step, Violation
from verification.model.broken import Broken

R, RT = RefundState, RefundTrigger
REFUND = OrderEvent.REFUND_REQUESTED
ENDS = (R.PROCESSED, R.FAILED)
# What Razorpay answers in each state of the refund; the last three are final.
ANSWERS = {
    "pending": RT.SEEN_PENDING,
    "made": RT.SEEN_PROCESSED,
    "failed": RT.SEEN_FAILED,
    "refused": RT.REFUSED,
}


class World(NamedTuple):
    """The model state: a refund that order-svc requests."""

    fits: bool = True  # not larger than the rest of the capture
    row: RefundState | None = None
    at: str = ""  # the state of the refund at Razorpay
    times: int = 0  # how often the money was refunded
    reply: RefundTrigger | None = None  # the answer that a paused process has received
    answer: str = ""  # what order-svc has received
    queue: frozenset[str] = frozenset({REFUND})


class Bank(Model):
    """The model of one refund."""

    name = "bank"

    def starts(self) -> Iterator[Step]:
        """Request a refund that fits, or one that is too large."""
        yield "a refund", World()
        yield "a refund of too much", World(fits=False)

    def fire(self, s: World, trigger: RefundTrigger) -> World:
        """Make the table's transition and publish its event."""
        row, transition = self.rules.fire("refund", s.row, trigger)
        published = {transition.publishes} if transition.publishes else set()
        return s._replace(row=row, queue=s.queue | published)

    def handle(self, s: World, message: str) -> World:
        """Let the consumer of a message handle it."""
        if message == REFUND:
            is_new_and_large = s.row is None and not s.fits
            return self.fire(s, RT.TOO_LARGE if is_new_and_large else RT.REQUESTED)
        return s if s.answer == Event.REFUND_PROCESSED else s._replace(answer=message)

    def calls(self, s: World) -> Iterator[tuple[str, World]]:
        """Return what Razorpay may do with the call: one refund for each key."""
        if s.at == "" or self.rules.broken is Broken.REFUND_NEW_KEY:
            yield "it makes the refund", s._replace(at="made", times=s.times + 1)
        if s.at == "":
            yield "it asks the bank", s._replace(at="pending")
            yield "it refuses", s._replace(at="refused")
        else:
            yield "it knows the key", s

    def work(self, s: World) -> Iterator[Step]:
        """Handle messages; start, call and poll the refund."""
        for message in sorted(s.queue):
            taken = s._replace(queue=s.queue - {message})
            yield ("handled:", message), self.handle(taken, message)
        if s.reply is not None:
            resumed = self.fire(s._replace(reply=None), s.reply)
            yield ("the paused process continues with", s.reply), resumed
        if s.at == "pending":
            yield "the bank pays", s._replace(at="made", times=s.times + 1)
        yield from self._due(s)

    def _due(self, s: World) -> Iterator[Step]:
        if s.row is R.REQUESTED:
            yield "the call begins", self.fire(s, RT.SENT)
        if s.row is R.SENT:
            begun = self.fire(s, RT.SENT)
            for name, called in self.calls(begun):
                yield ("called:", name), self.fire(called, ANSWERS[called.at])
        if s.row is R.PENDING:
            yield "polled", self.fire(s, ANSWERS[s.at])

    def retries(self, s: World) -> Iterator[Step]:
        """Request again what is not answered."""
        if not s.answer:
            yield "requested again", s._replace(queue=s.queue | {REFUND})

    def environment(self, s: World) -> Iterator[Step]:
        """Lose answers, pause, deliver twice; let the bank refuse."""
        if s.at == "pending":
            yield "the bank does not pay", s._replace(at="failed")
        yield from self._deliveries(s)
        for name, called in self.calls(s) if s.row is R.SENT else ():
            yield ("called, the answer is lost:", name), called
        if s.reply is None:
            yield from self._paused(s)

    def _deliveries(self, s: World) -> Iterator[Step]:
        for message in s.queue:
            again = self.handle(s, message)
            again = again._replace(queue=again.queue | {message})
            yield ("handled, not deleted:", message), again
            if self.loss:
                yield ("lost:", message), s._replace(queue=s.queue - {message})

    def _paused(self, s: World) -> Iterator[Step]:
        if s.row is R.SENT:
            for name, called in self.calls(s):
                paused = called._replace(reply=ANSWERS[called.at])
                yield ("called, then paused:", name), paused
        if s.row in (R.SENT, R.PENDING) and s.at:
            yield "paused with a query's result", s._replace(reply=ANSWERS[s.at])
            yield "paused with no definite answer", s._replace(reply=RT.NO_ANSWER)

    def check(self, s: World) -> None:
        """Check that money is refunded once, and recorded only if it was."""
        if s.times > 1:
            raise Violation("refunded twice")
        if s.row is R.PROCESSED and not s.times:
            raise Violation("a refund that did not happen is recorded as processed")
        if s.row is R.FAILED and s.times:
            raise Violation("a refund that happened is recorded as failed")

    def check_end(self, s: World) -> str:
        """Check that order-svc knows the result."""
        if s.row not in ENDS or not s.answer:
            raise Violation(f"a refund is stuck: {s.row}, at Razorpay {s.at}")
        if (s.answer == Event.REFUND_PROCESSED) != (s.times == 1):
            raise Violation(f"order-svc received {s.answer}, but Razorpay has {s.at}")
        return f"{s.row}, {s.answer}"
