"""The checkout model: one order, one unit of stock, one payment link."""

from collections.abc import Iterator

from order_svc.models import OrderState, OrderTrigger, StockCommandKind
from payment_svc.models import PaymentState, PaymentTrigger
from product_svc.models import ReservationTrigger
from verification.model.base import Step
from verification.model.broken import Broken
from verification.model.checkout.environment import Environment
from verification.model.checkout.invariants import (
    Invariants,
    ignored_messages,
    useless_requests,
)
from verification.model.checkout.state import World, take

Order, E, S = OrderState, OrderTrigger, ReservationTrigger
WITHOUT_RETRIES = (Broken.NO_RETRIES, Broken.INBOX_ROW_BEFORE_EFFECT)


class Checkout(Environment, Invariants):
    """The saga of one order."""

    name = "checkout"

    def starts(self) -> Iterator[Step]:
        """Place an order: a usual one, one above the limit, one with a staff's link.

        The last one is explored without lost answers and paused processes.
        """
        link = World(payment=PaymentState.CREATED, by_staff=True)
        for name, s in (
            ("an order", World()),
            ("an order above the limit", World(above_limit=True)),
            ("an order whose link staff requested", link),
        ):
            yield name, self.fire_order(s, E.PLACE)

    def work(self, s: World) -> Iterator[Step]:
        """Let each service do its work."""
        if s.order is Order.PLACED:
            yield "reserve", self._go_on(s, S.RESERVE)
        if s.order is Order.PAID:
            yield "commit", self._go_on(s, S.COMMIT)
        for kind in sorted(s.commands):
            done = self.send_command(s, kind)
            yield (kind, "is done"), done._replace(commands=s.commands - {kind})
        for message in sorted(s.queue):
            yield ("handled:", message), self.handle(take(s, message), message)
        yield from self._late(s)
        yield from self.payment_work(s)

    def _late(self, s: World) -> Iterator[Step]:
        """Deliver delayed requests and resume paused processes."""
        for request in sorted(s.wire):
            after = s._replace(wire=s.wire - {request})
            yield ("arrives late:", request), self._carry_out(after, request)
        if s.paused_with:
            resumed = s._replace(paused_with=None)
            yield (
                ("the paused process continues with", s.paused_with),
                self._go_on(resumed, s.paused_with),
            )
        if s.reply:
            resumed = s._replace(reply=None)
            yield (
                ("payment-svc continues with", s.reply),
                self._apply_snapshot(resumed, s.reply),
            )

    def _go_on(self, s: World, what: OrderTrigger | ReservationTrigger) -> World:
        """Send the request of a paused process, or apply the answer it holds."""
        if what is S.RESERVE:
            after, answer = self.reserve(s)
            return self.answered(after, answer) if answer else after
        if what is S.COMMIT:
            after, answer = self.commit(s)
            return self.fire_order(after, answer) if answer else after
        assert isinstance(what, OrderTrigger)
        return self.answered(s, what)

    def _apply_snapshot(self, s: World, seen: PaymentTrigger) -> World:
        """Apply a snapshot that may be outdated; a link is recorded once."""
        is_known = seen is PaymentTrigger.LINK_CREATED and s.link_stored
        return s if is_known else self.fire_payment(s, seen)

    def _carry_out(self, s: World, request: str) -> World:
        if request == "reserve":
            return self.reserve(s)[0]
        if request == "commit":
            return self.commit(s)[0]
        if request == "create":
            return self.create(s)
        return self.send_command(s, StockCommandKind(request))

    def retries(self, s: World) -> Iterator[Step]:
        """Send again what is not answered, unless the mutation removes this."""
        if self.rules.broken not in WITHOUT_RETRIES:
            yield from self.order_retries(s)
        yield from self.payment_retries(s)

    def deadlines(self, s: World) -> Iterator[Step]:
        """Let time limits pass."""
        if s.order in (Order.PLACED, Order.AWAITING_PAYMENT):
            yield "the deadline passes", self.fire_order(s, E.DEADLINE)
        if s.order is Order.UNDER_REVIEW:
            yield "the hold ends", self.fire_order(s, E.HOLD_ENDED)
        if s.link == "live" and s.by_staff:
            yield "Razorpay expires the link", s._replace(link="dead")

    def people(self, s: World) -> Iterator[Step]:
        """Decide captures under review."""
        yield from self.payment_people(s)

    def drop_useless(self, s: World) -> World:
        """Drop useless messages and requests, and check that they have no effect."""
        if self.rules.drops_messages and (dead := s.queue & ignored_messages(s)):
            s = s._replace(queue=s.queue - dead)
            for message in dead:
                self.check_no_effect(s, self.handle(s, message))
        if not self.rules.drops_requests:
            return s
        if s.wire or s.commands:
            s = self._drop_requests(s)
        if s.may_capture_late and s.money != "none":
            return s._replace(may_capture_late=False)
        return s

    def _drop_requests(self, s: World) -> World:
        useless = useless_requests(s.stock, s.link, is_returned=s.returned)
        dead = useless & (s.wire | s.commands)
        for request in dead:
            self.check_no_effect(s, self._carry_out(s, request))
        if not dead:
            return s
        return s._replace(wire=s.wire - dead, commands=s.commands - dead)
