"""What must hold of captures, refunds and returned goods."""

from order_svc.models import DECIDED, OrderState
from order_svc.models import RefundState as Answered
from payment_svc.models import Event, PaymentState, RefundState
from product_svc.models import ReservationState
from verification.model.base import Model, Violation
from verification.model.money.state import (
    CAPTURE,
    NAMES,
    REFUND,
    SETTLED,
    UNITS,
    Key,
    Message,
    Sent,
    World,
    get,
    of,
)

Order, P, R = OrderState, PaymentState, ReservationState
UNHEARD = (Event.LINK_READY, Event.CLOSED)  # nobody waits for a link here
AUTOMATIC, DIRECT, STAFF, SUSPECT = "automatic", "direct", "staff", "suspect"


def back(s: World, payment: str) -> int:
    """Return what Razorpay has sent back of a capture, but for a suspect's."""
    rows = (row for key, row in of(s.sent, payment) if key[1] != SUSPECT)
    return sum(row.amount for row in rows if row.at == "made")


def _is_untold(key: Key, row: Sent) -> bool:
    is_made = row.state is RefundState.PROCESSED
    return key[1] == DIRECT and is_made and not row.is_named


def is_spent(s: World, payment: str) -> bool:
    """Say whether an admin has sent a suspect capture back."""
    return payment in s.wrong and get(s.sent, (payment, SUSPECT, 1)) is not None


class Promises(Model):
    """Every capture is kept for goods, or goes back, once."""

    def recorded(self, s: World, payment: str) -> int:
        """Return what order-svc knows to be back of a payment."""
        raise NotImplementedError

    def check(self, s: World) -> None:
        """See that sums fit, on both sides."""
        self._check_sums(s)
        self._check_failures(s)
        if s.order is Order.REFUNDED and back(s, s.own) != CAPTURE:
            raise Violation(f"refunded, but {back(s, s.own)} of {CAPTURE} went back")
        sold = UNITS if s.stock is R.COMMITTED else 0
        if sum(units for _, units in s.restocked) > sold:
            raise Violation("more restocked than was sold")

    def _check_sums(self, s: World) -> None:
        for payment in NAMES:
            came = CAPTURE if payment in s.captures else 0
            if back(s, payment) > came:
                raise Violation(f"refunds of {payment} above its capture")
            if self.recorded(s, payment) > back(s, payment):
                raise Violation("order-svc records a refund that did not happen")

    def _check_failures(self, s: World) -> None:
        for key, row in s.sent:
            if key[1] == AUTOMATIC and row.state is RefundState.FAILED and not row.at:
                raise Violation("an automatic refund is refused")
        for key, asked in s.asked:
            sent = get(s.sent, key)
            is_made = sent is not None and sent.at == "made"
            if asked.state is Answered.FAILED and is_made:
                raise Violation("money is back that order-svc holds for not returned")

    def check_patience(self, s: World, stage: str) -> None:
        """See that no person is needed unless somebody was alerted."""
        is_alerted = P.SUSPECT in s.payments or any(
            row.state is RefundState.FAILED for _, row in s.sent
        )
        if stage == "people" and not is_alerted and any(True for _ in self.people(s)):
            raise Violation("needs a person though nobody was alerted")

    def check_end(self, s: World) -> str:
        """See that each capture has come to its end."""
        self._check_rows(s)
        kept = [payment for payment in s.captures if not is_spent(s, payment)]
        for payment in kept:
            self._check_capture(s, payment)
        if kept:
            self._check_order(s)
        goods = sum(units for _, units in s.restocked)
        backs = [back(s, payment) for payment in s.captures]
        return f"order {s.order}, own {s.own or '-'}, back {backs}, goods {goods}"

    def _check_rows(self, s: World) -> None:
        open_ = (RefundState.REQUESTED, RefundState.SENT)
        if any(row.state is Answered.REQUESTED for _, row in s.asked) or any(
            row.state in open_ for _, row in s.sent
        ):
            raise Violation(f"a refund hangs: the order is {s.order}")
        if any(not answer for _, (_, answer) in s.owed):
            raise Violation("a restock is tried for ever")
        done = sum(units for _, (units, answer) in s.owed if answer == "done")
        if done != sum(units for _, units in s.restocked):
            raise Violation("restocks at product-svc differ from the order's returns")

    def _check_capture(self, s: World, payment: str) -> None:
        if get(s.outcomes, payment) is None:
            raise Violation(f"capture {payment} never settled")
        if payment != s.own and back(s, payment) != CAPTURE:
            raise Violation(f"EXTRA capture {payment} is kept")
        if self.recorded(s, payment) != back(s, payment):
            raise Violation("order-svc does not know of money that went back")
        if any(_is_untold(key, row) for key, row in of(s.sent, payment)):
            raise Violation("a direct refund is told of for ever")

    def _check_order(self, s: World) -> None:
        if s.order not in (Order.CONFIRMED, Order.REFUNDED):
            raise Violation(f"stuck order: {s.order}")
        if (s.order is Order.REFUNDED) != (back(s, s.own) == CAPTURE):
            raise Violation(f"the order is {s.order}, {back(s, s.own)} went back")
        self._check_goods(s)

    def _check_goods(self, s: World) -> None:
        reasons = {key[1] for key, _ in of(s.sent, s.own)}
        if s.stock is not R.COMMITTED:
            if s.order is Order.CONFIRMED:
                raise Violation("money kept, no goods")
        elif AUTOMATIC in reasons:
            raise Violation("goods and refund")
        elif s.order is Order.REFUNDED and not reasons & {STAFF, DIRECT}:
            raise Violation("a good order ended refunded")


def dead_messages(s: World) -> set[Message]:
    """Return those that the whole rules give no effect any more, now or later."""
    return {message for message in s.queue if _is_dead(s, message)}


def _is_dead(s: World, message: Message) -> bool:
    kind, what = message[0], message[1]
    if kind in UNHEARD:
        return True
    if kind == Event.CAPTURED:
        is_asked = get(s.asked, (what, AUTOMATIC, 1)) is not None
        is_settled = get(s.outcomes, what) is not None
        return is_settled and s.order in DECIDED and (what == s.own or is_asked)
    if kind == SETTLED:
        is_heard = get(s.outcomes, what) is not None
        return is_heard and (message[3] is None or _is_named(s, message[3]))
    row, sent = get(s.asked, what), get(s.sent, what)
    is_answered = row is not None and row.state is not Answered.REQUESTED
    if kind == REFUND:
        return is_answered and sent is not None
    if kind == Event.REFUND_PROCESSED:
        is_done = row is not None and row.state is Answered.PROCESSED
        return is_done and (what[1] != DIRECT or _is_named(s, what))
    return is_answered


def _is_named(s: World, key: tuple[str, str, int]) -> bool:
    sent = get(s.sent, key)
    return sent is not None and sent.is_named
