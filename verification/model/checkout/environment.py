"""What customers, staff, rivals and faults may do to a checkout at any moment."""

from collections.abc import Iterator

from order_svc.models import UNPAID, OrderState, OrderTrigger, StockCommandKind
from payment_svc.models import PaymentState, PaymentTrigger
from payment_svc.models import RefundState as Refund
from product_svc.models import ReservationState, ReservationTrigger
from verification.model.base import Step
from verification.model.broken import Broken
from verification.model.checkout.orders import TRIGGERS, Orders
from verification.model.checkout.payments import Payments
from verification.model.checkout.state import World, take
from verification.model.checkout.stock import Stock

Order, P = OrderState, PaymentState
E, S, T = OrderTrigger, ReservationTrigger, PaymentTrigger


class Environment(Orders, Stock, Payments):
    """All transitions that no service makes by itself."""

    def handle(self, s: World, message: str) -> World:
        """Let the consumer of a message handle it."""
        return (
            self.receive(s, message)
            if message in TRIGGERS
            else self.handle_command(s, message)
        )

    def environment(self, s: World) -> Iterator[Step]:
        """Return all of these transitions."""
        yield from self._messages(s)
        if not s.by_staff:
            yield from self._lost_by_order_svc(s)
            yield from self._lost_by_payment_svc(s)
            yield from self._paused(s)
        yield from self._customer(s)
        yield from self.payment_people(s)
        yield from self._others(s)

    def _messages(self, s: World) -> Iterator[Step]:
        for message in s.queue:
            if self.loss:
                yield ("lost:", message), take(s, message)
            if self.rules.broken is Broken.INBOX_ROW_BEFORE_EFFECT:
                yield ("inbox row stored, then a crash:", message), take(s, message)
            again = self.handle(s, message)
            yield (
                ("handled, not deleted:", message),
                again._replace(queue=again.queue | {message}),
            )

    def _lost_by_order_svc(self, s: World) -> Iterator[Step]:
        """Return requests that are executed, or will be, without an answer."""
        if s.order is Order.PLACED:
            yield "reserved, the answer is lost", self.reserve(s)[0]
            yield "reserve is delayed", _wire(s, "reserve")
        if s.order is Order.PAID:
            yield "committed, the answer is lost", self.commit(s)[0]
            yield "commit is delayed", _wire(s, "commit")
        for kind in s.commands:
            yield (kind, "done, the answer is lost"), self.send_command(s, kind)
            yield (kind, "is delayed"), _wire(s, kind)
            if self.rules.broken is Broken.RELEASE_NOT_STORED:
                left = s._replace(commands=s.commands - {kind})
                yield ("a crash loses", kind), left

    def _lost_by_payment_svc(self, s: World) -> Iterator[Step]:
        if s.payment is P.CREATED:
            yield "link created, the answer is lost", self.create(s)
            yield "create is delayed", _wire(s, "create")
        if s.payment is P.CLOSING:
            yield "link closed, the answer is lost", self.close(s)
        if s.refund is Refund.SENT:
            yield "money refunded, the answer is lost", self.make_refund(s)

    def _paused(self, s: World) -> Iterator[Step]:
        """Pause a process that holds an answer; another process does its work."""
        if s.paused_with is None and s.reply is None:
            yield from self._order_svc_paused(s)
            yield from self._payment_svc_paused(s)

    def _order_svc_paused(self, s: World) -> Iterator[Step]:
        if s.order is Order.PLACED:
            yield "paused before its reserve", s._replace(paused_with=S.RESERVE)
            after, answer = self.reserve(s)
            yield ("paused with", answer), after._replace(paused_with=answer)
        if s.order is Order.PAID:
            yield "paused before its commit", s._replace(paused_with=S.COMMIT)
            after, answer = self.commit(s)
            yield ("paused with", answer), after._replace(paused_with=answer)
        if s.order in UNPAID:
            yield "paused with a deadline", s._replace(paused_with=E.DEADLINE)
        if s.order is Order.UNDER_REVIEW:
            yield "paused with a late review", s._replace(paused_with=E.REVIEW_LATE)
            yield "paused when the hold ends", s._replace(paused_with=E.HOLD_ENDED)
        if s.order is Order.AWAITING_PAYMENT and not s.has_link:
            yield "paused with a late link", s._replace(paused_with=E.LINK_LATE)

    def _payment_svc_paused(self, s: World) -> Iterator[Step]:
        if s.payment is P.CREATED:
            created = self.create(s)._replace(reply=T.LINK_CREATED)
            yield "payment-svc is paused after it created the link", created
            refused = s._replace(reply=T.LINK_FAILED)
            yield "payment-svc is paused with a refusal", refused
        if s.link_stored and s.link == "dead":
            yield (
                "payment-svc is paused with a dead link",
                s._replace(reply=T.LINK_ENDED),
            )

    def _customer(self, s: World) -> Iterator[Step]:
        yield "the customer cancels", self.fire_order(s, E.CANCEL)
        if s.link == "live":
            yield "the customer pays", s._replace(link="paid", money="right")
            wrong = s._replace(link="paid", money="wrong")
            yield "the customer pays another amount", wrong
            yield "Razorpay expires the link", s._replace(link="dead")
        if s.link == "dead" and s.may_capture_late and s.money == "none":
            for money in ("right", "wrong"):
                late = s._replace(link="paid", money=money, may_capture_late=False)
                yield ("captured late, the amount is", money), late

    def _others(self, s: World) -> Iterator[Step]:
        if s.payment in (P.CREATED, P.ISSUED):
            yield "staff close the link", self.fire_payment(s, T.CLOSE_REQUESTED)
        if s.payment is P.CREATED:
            yield "Razorpay refuses the link", self.fire_payment(s, T.LINK_FAILED)
        yield "staff refund", self._staff_refund(s)
        if s.stock is ReservationState.HELD:
            yield "the reservation expires", self.fire_stock(s, S.EXPIRE)[0]
        if s.free > 0 and not s.rival:
            yield "a rival buys", s._replace(free=s.free - 1, rival=True)
        if s.rival:
            yield "the rival returns the unit", s._replace(free=s.free + 1, rival=False)

    def _staff_refund(self, s: World) -> World:
        """Refund the whole amount, unless a refund is requested already."""
        if s.refund_by:
            return s
        is_paid = s.order in (Order.PAID, Order.CONFIRMED)
        return self.fire_order(s, E.STAFF_REFUND_REST if is_paid else E.STAFF_REFUND)


def _wire(s: World, request: str | StockCommandKind) -> World:
    return s._replace(wire=s.wire | {request})
