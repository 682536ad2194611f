"""Captures and refunds of one order, in several worlds with bounds of their own."""

from collections.abc import Callable, Iterator

from order_svc.models import OrderEvent, OrderState
from payment_svc.models import Event, PaymentState, PaymentTrigger, RefundState
from payment_svc.models import RefundTrigger as Told
from product_svc.models import ReservationState, Trigger
from product_svc.models.reservations import Answer
from verification.model.base import Step
from verification.model.broken import Broken
from verification.model.money.orders import AUTOMATIC, DIRECT, STAFF, Orders
from verification.model.money.payments import Payments
from verification.model.money.promises import UNHEARD, Promises, dead_messages
from verification.model.money.state import (
    REFUND,
    SETTLED,
    UNITS,
    Bounds,
    Message,
    World,
    get,
    put,
    rank,
)
from verification.model.rules import Rules

Order, P, R = OrderState, PaymentState, ReservationState
# How payment and stock stand when money comes for an order in such a state.
BEGINNINGS = {
    Order.PLACED: (P.ISSUED, R.HELD),
    Order.AWAITING_PAYMENT: (P.ISSUED, R.HELD),
    Order.CANCELLING: (P.CLOSING, R.HELD),
    Order.CANCELLED: (P.CLOSED, R.REFUSED),
}


class Money(Orders, Payments, Promises):
    """What may happen within its bounds."""

    def __init__(
        self, rules: Rules, name: str, bounds: Bounds, *, loss: bool = False
    ) -> None:
        super().__init__(rules, loss=loss)
        self.name, self.bounds = name, bounds

    def starts(self) -> Iterator[Step]:
        """Begin with an order in each of the states that money may find it in."""
        for order in self.bounds.starts:
            payment, stock = BEGINNINGS[order]
            s = World(order, stock=stock, payments=(payment, None))
            yield ("an order is", order), s._replace(failures=self.bounds.failures)

    def handle(self, s: World, message: Message) -> World:
        """Let the service that a message is for take it."""
        kind, facts = message[0], message[1:]
        return s if kind in UNHEARD else HANDLERS[kind](self, s, *facts)

    def work(self, s: World) -> Iterator[Step]:
        """Let each service do what it has to."""
        if s.order is Order.PLACED:
            reserved = self.tell(s, OrderEvent.RESERVED)[0]
            asked = self.move_payment(reserved, "a", PaymentTrigger.REQUESTED)
            yield "reserve, and ask for the link", asked
        if s.order is Order.PAID:
            yield "commit", self.commit(s)
        for message in sorted(s.queue, key=rank):
            taken = s._replace(queue=s.queue - {message})
            yield ("handled:", message), self.handle(taken, message)
        for n, (units, answer) in sorted(s.owed):
            if not answer:
                done, answer = self.restock(s, n, units)
                done = done._replace(owed=put(s.owed, n, (units, answer)))
                yield ("goods come back:", n), done
        yield from self.payment_work(s)

    def restock(self, s: World, n: int, units: int) -> tuple[World, str]:
        """Put goods back once for each return; every answer is definite."""
        broken = self.rules.broken
        if isinstance(self.rules.stock(s.stock, Trigger.RESTOCK), Answer):
            return s, "" if broken is Broken.RESTOCK_UNDEFINED else "refused"
        back = dict(s.restocked)
        if n in back and broken is not Broken.RETURN_ID_NOT_UNIQUE:
            return s, "done"
        is_checked = broken is not Broken.RESTOCK_UNCHECKED
        if is_checked and sum(back.values()) + units > UNITS:
            return s, "refused"
        place = n + 10 if n in back else n
        return s._replace(restocked=s.restocked | {(place, units)}), "done"

    def clocks(self, s: World) -> Iterator[Step]:
        """Ask and tell again."""
        yield from self.payment_clocks(s)
        yield from self.order_clocks(s)

    def people(self, s: World) -> Iterator[Step]:
        """Act upon an alert: a suspect capture, or a refund that failed."""
        yield from self.payment_people(s)
        if s.order is Order.REFUND_PENDING and self.rest(s):
            yield "staff post the rest", self.staff_refund(s, self.rest(s))
        for payment in s.captures:
            is_extra = s.own not in ("", payment)
            is_asked = get(s.asked, (payment, AUTOMATIC, 1)) is not None
            left = self.left(s, payment)
            if is_extra and is_asked and left and self.may_refund(s, payment):
                yield ("staff refund", payment), self.direct(s, payment, left)

    def trouble(self, s: World) -> Iterator[Step]:
        """Pay, pay again, refund, fail, deliver twice."""
        yield from self._payments(s)
        yield from self.payment_people(s)
        if s.order is Order.PAID and s.stock is not R.COMMITTED:
            yield "the stock is gone", self.lose_stock(s)
        for message in s.queue:
            if self.loss:
                yield ("lost:", message), s._replace(queue=s.queue - {message})
            again = self.handle(s, message)
            again = again._replace(queue=again.queue | {message})
            yield ("handled, not deleted:", message), again
        for n, (units, _) in s.owed:
            yield ("restocked, the answer is lost:", n), self.restock(s, n, units)[0]
            if self.rules.broken is Broken.RESTOCK_NOT_OWED:
                left = frozenset(row for row in s.owed if row[0] != n)
                yield ("a crash forgets the goods of", n), s._replace(owed=left)
        yield from self._failures(s)
        yield from self._staff(s)

    def _payments(self, s: World) -> Iterator[Step]:
        nexts = {"": "a", "a": "b" if self.bounds.extra else ""}
        if more := nexts.get(s.captures):
            paid = s._replace(captures=s.captures + more)
            yield ("the customer pays:", more), paid
            if self.bounds.wrong:
                wrong = paid._replace(wrong=s.wrong + more)
                yield ("the customer pays another amount:", more), wrong

    def _failures(self, s: World) -> Iterator[Step]:
        for key, row in s.sent:
            if row.state is RefundState.REQUESTED and s.failures:
                called = self.move_refund(s, key, Told.CALLED, at="failed")
                fails = called._replace(failures=s.failures - 1)
                yield ("Razorpay fails the refund", key), fails
            is_made = row.state is RefundState.SENT and row.at == "made"
            if is_made and self.rules.broken is Broken.FAILED_UNCONFIRMED:
                believed = self.move_refund(s, key, Told.SEEN_FAILED)
                yield ("a webhook calls failed, and is believed:", key), believed

    def _staff(self, s: World) -> Iterator[Step]:
        if sum(key[1] == STAFF for key, _ in s.asked) < self.bounds.staff:
            for amount in {1, self.rest(s)} if s.own else {1}:
                for units in self.bounds.returns:
                    name = ("staff refund", amount, "with goods:", units)
                    yield name, self.staff_refund(s, amount, units)
        if sum(key[1] == DIRECT for key, _ in s.sent) < self.bounds.direct:
            for payment in s.captures:
                yield from self._direct(s, payment)

    def _direct(self, s: World, payment: str) -> Iterator[Step]:
        left = self.left(s, payment)
        if left and self.may_refund(s, payment):
            for amount in {1, left}:
                name = ("payment-svc's staff refund", amount, "of", payment)
                yield name, self.direct(s, payment, amount)

    def forget(self, s: World) -> World:
        """Forget what is useless by the whole rules, and see that it is."""
        if not self.rules.forgets_messages:
            return s
        dead = dead_messages(s)
        s = s._replace(queue=s.queue - dead) if dead else s
        for message in dead:
            self.see_no_effect(s, self.handle(s, message))
        return s


HANDLERS: dict[str, Callable[..., World]] = {
    Event.CAPTURED: Money.captured,
    Event.REFUND_PROCESSED: Money.processed,
    Event.REFUND_FAILED: Money.failed,
    REFUND: Money.refund_requested,
    SETTLED: Money.settled,
}
