"""The invariants of captures, refunds and returned goods."""

from order_svc.models import DECIDED, OrderState
from order_svc.models import RefundState as Answered
from payment_svc.models import Event, PaymentState, RefundState
from product_svc.models import ReservationState
from verification.model.base import Model, Violation
from verification.model.money.state import (
    AUTOMATIC,
    BY_PEOPLE,
    CAPTURE,
    DIRECT,
    NAMES,
    PROVIDER,
    REFUND,
    REJECTED,
    SETTLED,
    STAFF,
    UNITS,
    UNREQUESTED,
    Bounds,
    Key,
    Message,
    Refund,
    World,
    get,
    of,
)

Order, P, R = OrderState, PaymentState, ReservationState
FAILED = RefundState.FAILED
IGNORED = (Event.LINK_READY, Event.CLOSED)  # no consumer uses them in these models


def refunded(s: World, payment: str) -> int:
    """Return how much Razorpay has refunded, without refunds after review."""
    rows = (row for key, row in of(s.refunds, payment) if key[1] != REJECTED)
    return sum(row.amount for row in rows if row.at == "made")


def _is_unacknowledged(key: Key, row: Refund) -> bool:
    is_made = row.state is RefundState.PROCESSED
    return key[1] in UNREQUESTED and is_made and not row.is_acknowledged


def is_rejected(s: World, payment: str) -> bool:
    """Return whether an admin has rejected the capture in review."""
    return (
        payment in s.mismatched and get(s.refunds, (payment, REJECTED, 1)) is not None
    )


class Invariants(Model):
    """Every capture is kept for goods sold, or refunded, once."""

    bounds: Bounds

    def recorded(self, s: World, payment: str) -> int:
        """Return how much of a payment order-svc has recorded as refunded."""
        raise NotImplementedError

    def check(self, s: World) -> None:
        """Check the sums on both sides."""
        self._check_sums(s)
        self._check_limit(s)
        self._check_failures(s)
        if s.order is Order.REFUNDED and refunded(s, s.own) != CAPTURE:
            raise Violation(
                f"the order is refunded, but only {refunded(s, s.own)} of {CAPTURE}"
            )
        sold = UNITS if s.stock is R.COMMITTED else 0
        if sum(units for _, units in s.restocked) > sold:
            raise Violation("more restocked than was sold")

    def _check_sums(self, s: World) -> None:
        for payment in NAMES:
            came = CAPTURE if payment in s.captures else 0
            if refunded(s, payment) > came:
                raise Violation(f"refunds of {payment} above its capture")
            if self.recorded(s, payment) > refunded(s, payment):
                raise Violation("order-svc records a refund that did not happen")

    def _check_limit(self, s: World) -> None:
        """Check the sum of what staff who are no admins refund of the order."""
        by_staff = (
            row.amount
            for key, row in s.refunds
            if key[1] in BY_PEOPLE and not row.by_admin and row.state is not FAILED
        )
        if self.bounds.limit and sum(by_staff) > self.bounds.limit:
            raise Violation("staff refund more than the limit")

    def _check_failures(self, s: World) -> None:
        for key, row in s.refunds:
            is_refused = row.state is RefundState.FAILED and not row.at
            if key[1] == AUTOMATIC and is_refused and not self._is_gone(s, key[0]):
                raise Violation("an automatic refund is refused")
        for key, request in s.requests:
            sent = get(s.refunds, key)
            is_made = sent is not None and sent.at == "made"
            if request.state is Answered.FAILED and is_made:
                raise Violation("order-svc records a refund that happened as failed")

    def _is_gone(self, s: World, payment: str) -> bool:
        """Return whether refunds made at Razorpay left nothing of a capture.

        One that the bank failed later had taken its amount until then.
        """
        rows = dict(of(s.refunds, payment))
        open_ = (RefundState.REQUESTED, RefundState.SENT)
        coming = (r.amount for r in rows.values() if r.state in open_ and not r.at)
        there = {key: row for key, row in rows.items() if key[1] == PROVIDER}
        taken = (row.amount for row in there.values() if row.at != "made")
        total = refunded(s, payment) + sum(taken) + sum(coming)
        return bool(there) and total >= CAPTURE

    def check_stage(self, s: World, stage: str) -> None:
        """Check that staff are needed only after an alert."""
        is_alerted = P.UNDER_REVIEW in s.payments or any(
            row.state is RefundState.FAILED or self._waits(s, key, row)
            for key, row in s.refunds
        )
        if stage == "people" and not is_alerted and any(True for _ in self.people(s)):
            raise Violation("needs a person, but no alert was raised")

    def _waits(self, s: World, key: Key, row: Refund) -> bool:
        return row.state is RefundState.REQUESTED and key[0] in s.disputed

    def check_end(self, s: World) -> str:
        """Check that each capture has reached its final outcome."""
        self._check_rows(s)
        kept = [payment for payment in s.captures if not is_rejected(s, payment)]
        for payment in kept:
            self._check_capture(s, payment)
        if kept:
            self._check_order(s)
        goods = sum(units for _, units in s.restocked)
        sums = [refunded(s, payment) for payment in s.captures]
        return f"order {s.order}, own {s.own or '-'}, refunded {sums}, goods {goods}"

    def _check_rows(self, s: World) -> None:
        open_ = (RefundState.REQUESTED, RefundState.SENT, RefundState.PENDING)
        if any(row.state is Answered.REQUESTED for _, row in s.requests) or any(
            row.state in open_ for _, row in s.refunds
        ):
            raise Violation(f"a refund is stuck: the order is {s.order}")
        if any(not answer for _, (_, answer) in s.commands):
            raise Violation("a restock is retried forever")
        done = sum(units for _, (units, answer) in s.commands if answer == "done")
        if done != sum(units for _, units in s.restocked):
            raise Violation("restocks at product-svc differ from the order's returns")

    def _check_capture(self, s: World, payment: str) -> None:
        if get(s.outcomes, payment) is None:
            raise Violation(f"capture {payment} never settled")
        if payment != s.own and refunded(s, payment) != CAPTURE:
            raise Violation(f"EXTRA capture {payment} is kept")
        if self.recorded(s, payment) != refunded(s, payment):
            raise Violation("order-svc does not know of a refund")
        if any(_is_unacknowledged(key, row) for key, row in of(s.refunds, payment)):
            raise Violation("a refund is republished forever")

    def _check_order(self, s: World) -> None:
        if s.order not in (Order.CONFIRMED, Order.REFUNDED):
            raise Violation(f"stuck order: {s.order}")
        if (s.order is Order.REFUNDED) != (refunded(s, s.own) == CAPTURE):
            raise Violation(f"the order is {s.order}, {refunded(s, s.own)} is refunded")
        self._check_goods(s)

    def _check_goods(self, s: World) -> None:
        reasons = {key[1] for key, _ in of(s.refunds, s.own)}
        if s.stock is not R.COMMITTED:
            if s.order is Order.CONFIRMED:
                raise Violation("money kept, no goods")
        elif AUTOMATIC in reasons:
            raise Violation("goods and refund")
        elif s.order is Order.REFUNDED and not reasons & {STAFF, DIRECT, PROVIDER}:
            raise Violation("a confirmed order ended refunded without a request")


def ignored_messages(s: World) -> set[Message]:
    """Return messages that by the unchanged rules never have an effect any more."""
    return {message for message in s.queue if _is_ignored(s, message)}


def _is_ignored(s: World, message: Message) -> bool:
    kind, what = message[0], message[1]
    # A dispute changes no state.
    is_ended = kind == Event.UNDER_REVIEW and not _may_be_reviewed(s)
    if kind in IGNORED or kind == Event.DISPUTED or is_ended:
        return True
    if kind == Event.CAPTURED:
        is_requested = get(s.requests, (what, AUTOMATIC, 1)) is not None
        is_settled = get(s.outcomes, what) is not None
        return is_settled and s.order in DECIDED and (what == s.own or is_requested)
    if kind == SETTLED:
        is_received = get(s.outcomes, what) is not None
        return is_received and (message[3] is None or _is_acknowledged(s, message[3]))
    row, sent = get(s.requests, what), get(s.refunds, what)
    is_answered = row is not None and row.state is not Answered.REQUESTED
    if kind == REFUND:
        return is_answered and sent is not None
    if kind == Event.REFUND_PROCESSED:
        is_done = row is not None and row.state is Answered.PROCESSED
        return is_done and (what[1] not in UNREQUESTED or _is_acknowledged(s, what))
    return is_answered


def _may_be_reviewed(s: World) -> bool:
    return s.order in (Order.PLACED, Order.AWAITING_PAYMENT)


def _is_acknowledged(s: World, key: tuple[str, str, int]) -> bool:
    sent = get(s.refunds, key)
    return sent is not None and sent.is_acknowledged
