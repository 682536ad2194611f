"""The money models: captures and refunds of one order, within given bounds."""

from collections.abc import Callable, Iterator

from chassis.state_machine import Kind
from order_svc.models import OrderState, OrderTrigger
from payment_svc.models import (
    Event,
    PaymentState,
    PaymentTrigger,
    RefundState,
    RefundTrigger,
)
from product_svc.models import ReservationState, ReservationTrigger
from verification.model.base import Step
from verification.model.broken import Broken
from verification.model.money.invariants import IGNORED, Invariants, ignored_messages
from verification.model.money.orders import Orders
from verification.model.money.payments import Payments
from verification.model.money.refunds import UNSENT
from verification.model.money.state import (
    AUTOMATIC,
    CAPTURE,
    DIRECT,
    REFUND,
    SETTLED,
    STAFF,
    UNITS,
    Bounds,
    Key,
    Message,
    World,
    get,
    of,
    put,
    rank,
    state_of,
)
from verification.model.rules import Rules

Order, P, R = OrderState, PaymentState, ReservationState
S, RT = ReservationTrigger, RefundTrigger
# The states of payment and stock when an order in this state is paid.
BEGINNINGS = {
    Order.PLACED: (P.ISSUED, R.HELD),
    Order.AWAITING_PAYMENT: (P.ISSUED, R.HELD),
    Order.CANCELLING: (P.CLOSING, R.HELD),
    Order.CANCELLED: (P.CLOSED, R.REFUSED),
}


class Money(Orders, Payments, Invariants):
    """The transitions within the bounds."""

    def __init__(
        self, rules: Rules, name: str, bounds: Bounds, *, loss: bool = False
    ) -> None:
        super().__init__(rules, loss=loss)
        self.name, self.bounds = name, bounds

    def starts(self) -> Iterator[Step]:
        """Start with an order in each state in which it may be paid."""
        for order in self.bounds.starts:
            payment, stock = BEGINNINGS[order]
            s = World(order, stock=stock, payments=(payment, None))
            bounds = self.bounds
            s = s._replace(failures=bounds.failures, elsewhere=bounds.elsewhere)
            s = s._replace(disputes=bounds.disputes)
            yield ("an order is", order), s

    def handle(self, s: World, message: Message) -> World:
        """Let the consumer of a message handle it."""
        kind, data = message[0], message[1:]
        return s if kind in IGNORED else HANDLERS[kind](self, s, *data)

    def work(self, s: World) -> Iterator[Step]:
        """Let each service, and the bank, do its work."""
        yield from self._pending(s, "made")
        if s.order is Order.PLACED:
            reserved = self.fire_order(s, OrderTrigger.RESERVED)[0]
            requested = self.fire_payment(reserved, "a", PaymentTrigger.REQUESTED)
            yield "reserve, and request the link", requested
        if s.order is Order.PAID:
            yield "commit", self.commit(s)
        for message in sorted(s.queue, key=rank):
            taken = s._replace(queue=s.queue - {message})
            yield ("handled:", message), self.handle(taken, message)
        for n, (units, answer) in sorted(s.commands):
            if not answer:
                done, answer = self.restock(s, n, units)
                done = done._replace(commands=put(s.commands, n, (units, answer)))
                yield ("goods are restocked:", n), done
        yield from self.payment_work(s)

    def restock(self, s: World, n: int, units: int) -> tuple[World, str]:
        """Restock once for each return; every answer is definite."""
        broken = self.rules.broken
        transition = self.rules.fire("reservation", s.stock, S.RESTOCK)[1]
        if transition.kind is Kind.REFUSE:
            return s, "" if broken is Broken.RESTOCK_NOT_REFUSED else "refused"
        done = dict(s.restocked)
        if n in done and broken is not Broken.RETURN_ID_NOT_UNIQUE:
            return s, "done"
        is_checked = broken is not Broken.RESTOCK_UNCHECKED
        if is_checked and sum(done.values()) + units > UNITS:
            return s, "refused"
        place = n + 10 if n in done else n
        return s._replace(restocked=s.restocked | {(place, units)}), "done"

    def retries(self, s: World) -> Iterator[Step]:
        """Request and publish again what is not answered."""
        yield from self.payment_retries(s)
        yield from self.order_retries(s)

    def people(self, s: World) -> Iterator[Step]:
        """Act on an alert: a capture under review, or a failed refund."""
        yield from self.payment_people(s)
        yield from self.waiting_refunds(s)
        by_admin = bool(self.bounds.limit)
        if s.order is Order.REFUND_PENDING and self.rest(s):
            rest = self.staff_refund(s, self.rest(s), by_admin=by_admin)
            yield "staff refund the rest", rest
        for payment in s.captures:
            is_extra = s.own not in ("", payment)
            is_requested = get(s.requests, (payment, AUTOMATIC, 1)) is not None
            left = self.left(s, payment)
            if is_extra and is_requested and left and self.may_refund(s, payment):
                refunded = self.direct(s, payment, left, by_admin=by_admin)
                yield ("staff refund", payment), refunded

    def environment(self, s: World) -> Iterator[Step]:
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
        for n, (units, _) in s.commands:
            yield ("restocked, the answer is lost:", n), self.restock(s, n, units)[0]
            if self.rules.broken is Broken.RESTOCK_NOT_STORED:
                left = frozenset(row for row in s.commands if row[0] != n)
                yield ("a crash loses the restock of", n), s._replace(commands=left)
        yield from self._failures(s)
        yield from self._elsewhere(s)
        yield from self._staff(s)
        yield from self._disputes(s)

    def _payments(self, s: World) -> Iterator[Step]:
        nexts = {"": "a", "a": "b" if self.bounds.extra else ""}
        if more := nexts.get(s.captures):
            paid = s._replace(captures=s.captures + more)
            yield ("the customer pays:", more), paid
            if self.bounds.mismatched:
                mismatched = paid._replace(mismatched=s.mismatched + more)
                yield ("the customer pays another amount:", more), mismatched

    def _disputes(self, s: World) -> Iterator[Step]:
        for payment in s.captures:
            is_ours = state_of(s, payment) is P.CAPTURED
            if s.disputes and is_ours and payment not in s.disputed:
                yield ("the bank disputes", payment), self.dispute(s, payment)
        for payment in s.disputed:
            ended = s._replace(disputed=s.disputed.replace(payment, ""))
            yield ("the dispute ends:", payment), ended
        yield from self.waiting_refunds(s)

    def _failures(self, s: World) -> Iterator[Step]:
        if s.failures:
            for name, failed in self._pending(s, "failed"):
                yield name, failed._replace(failures=s.failures - 1)
        for key, row in s.refunds:
            is_due = row.state is RefundState.REQUESTED and not self.waits(s, key)
            if is_due and s.failures:
                called = self.call(self.prepare(s, key), key, at="failed")
                fails = called._replace(failures=s.failures - 1)
                yield ("Razorpay fails the refund", key), fails
            is_made = row.state is RefundState.SENT and row.at == "made"
            if is_made and self.rules.broken is Broken.FAILED_UNCONFIRMED:
                failed = self.fire_refund(s, key, RT.SEEN_FAILED)
                yield ("an unconfirmed webhook fails the refund:", key), failed

    def _elsewhere(self, s: World) -> Iterator[Step]:
        """Refund at Razorpay at any moment, also between a query and a call."""
        for payment in s.captures if s.elsewhere else "":
            for amount in range(1, CAPTURE + 1):
                found = self.refund_elsewhere(s, payment, amount)
                if found is not None:
                    yield ("refunded at Razorpay:", amount, "of", payment), found
            for key, row in of(s.refunds, payment):
                if row.state in UNSENT and not row.at:
                    yield from self._overtaken(s, key)

    def _pending(self, s: World, at: str) -> Iterator[Step]:
        """End the refunds made at Razorpay that wait for the bank."""
        for key, row in s.refunds:
            if row.at == "pending":
                ended = put(s.refunds, key, row._replace(at=at))
                yield ("the bank ends", key, at), s._replace(refunds=ended)

    def _overtaken(self, s: World, key: Key) -> Iterator[Step]:
        queried = self.prepare(s, key)
        for amount in range(1, CAPTURE + 1):
            found = self.refund_elsewhere(queried, key[0], amount)
            if found is not None:
                name = ("refunded at Razorpay:", amount, "just before the call of", key)
                yield name, self.call(found, key)

    def _staff(self, s: World) -> Iterator[Step]:
        if sum(key[1] == STAFF for key, _ in s.requests) < self.bounds.staff:
            for amount in {1, self.rest(s)} if s.own else {1}:
                for units in self.bounds.returns:
                    name = ("staff refund", amount, "with goods:", units)
                    yield name, self.staff_refund(s, amount, units)
        if sum(key[1] == DIRECT for key, _ in s.refunds) < self.bounds.direct:
            for payment in s.captures:
                yield from self._direct(s, payment)

    def _direct(self, s: World, payment: str) -> Iterator[Step]:
        left = self.left(s, payment)
        if left and self.may_refund(s, payment) and payment not in s.disputed:
            for amount in {1, left}:
                if self.exceeds_limit(s, payment, amount):
                    continue  # only an admin may
                name = ("payment-svc's staff refund", amount, "of", payment)
                yield name, self.direct(s, payment, amount)

    def drop_useless(self, s: World) -> World:
        """Drop useless messages, and check that they have no effect."""
        if not self.rules.drops_messages:
            return s
        dead = ignored_messages(s)
        s = s._replace(queue=s.queue - dead) if dead else s
        for message in dead:
            self.check_no_effect(s, self.handle(s, message))
        return s


HANDLERS: dict[str, Callable[..., World]] = {
    Event.CAPTURED: Money.captured,
    Event.UNDER_REVIEW: Money.under_review,
    Event.REFUND_PROCESSED: Money.processed,
    Event.REFUND_FAILED: Money.failed,
    Event.DISPUTED: Money.disputed,
    REFUND: Money.refund_requested,
    SETTLED: Money.settled,
}
