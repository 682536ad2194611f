"""The invariants of a checkout: in every state, and in final states."""

from order_svc.models import OrderState, OwedKind
from payment_svc.models import PaymentState
from product_svc.models import ReservationState
from verification.model.base import Model, Violation
from verification.model.checkout.state import (
    CLOSE,
    KEPT,
    REFUND,
    REQUESTED,
    RETURNED,
    World,
)

Order, P, R = OrderState, PaymentState, ReservationState
OUTCOMES = {"kept": KEPT, "refund": RETURNED}
TAKING = (R.HELD, R.COMMITTED)
CLOSED_OR_PAID = (P.CLOSING, P.CLOSED, P.CAPTURED, P.SUSPECT)
UNPAID = (Order.PLACED, Order.AWAITING_PAYMENT, Order.EXPIRING, Order.CANCELLING)


class Invariants(Model):
    """Nothing is lost, sold twice or charged twice."""

    def check(self, s: World) -> None:
        """Check that stock and money add up."""
        taken = (s.stock in TAKING) - s.returned + s.rival
        if s.free < 0 or s.free + taken != 1:
            raise Violation("oversold: stock and reservations do not add up")
        self._check_money(s)
        said = s.queue | {OUTCOMES.get(s.outcome, "")}
        if {KEPT, RETURNED} <= said:
            raise Violation("one capture settled both ways")

    def _check_money(self, s: World) -> None:
        if s.links > 1:
            raise Violation("two payment links for one order")
        if s.refunds > 1:
            raise Violation("refunded twice")
        if s.refunds and s.money == "none":
            raise Violation("a refund without a capture")
        if s.order in (Order.PAID, Order.CONFIRMED) and s.money == "none":
            raise Violation("paid without a capture")

    def check_patience(self, s: World, stage: str) -> None:
        """Check that no order ends because a message was lost."""
        is_waiting = s.order is Order.AWAITING_PAYMENT and not s.has_link
        if stage == "deadlines" and is_waiting and s.payment is not P.SUSPECT:
            raise Violation("a lost message ends the order: the customer got no link")

    def check_end(self, s: World) -> str:
        """Check that the money is kept and the goods are sold, or both are returned."""
        if s.money != "none" and not s.spent:
            self._paid(s)
        else:
            self._unpaid(s)
        if s.link == "live":
            raise Violation(f"a live link on a finished order, {s.order}")
        return (
            f"order {s.order}, stock {s.stock}, payment {s.payment}, "
            f"settled {s.outcome or 'never'}, refunds {s.refunds}"
        )

    def _paid(self, s: World) -> None:
        is_kept = (
            s.order is Order.CONFIRMED and s.stock is R.COMMITTED and not s.refunds
        )
        is_back = s.order is Order.REFUNDED and s.refunds == 1
        has_goods = s.stock is R.HELD or (s.stock is R.COMMITTED and not s.returned)
        if not (is_kept or (is_back and not has_goods)):
            raise Violation(
                f"money taken, but the order is {s.order}, its stock {s.stock}, "
                f"its payment {s.payment}, {s.refunds} refunds"
            )
        settled = "refund" if s.asked_back == "automatic" else "kept"
        if s.outcome != settled:
            raise Violation(f"capture never settled: the order is {s.order}")

    def _unpaid(self, s: World) -> None:
        if s.refunds and s.stock is R.COMMITTED:
            raise Violation(f"goods for a refunded capture: the order is {s.order}")
        if s.order not in (Order.REJECTED, Order.EXPIRED, Order.CANCELLED):
            raise Violation(f"stuck order: {s.order}, its payment {s.payment}")
        if s.stock in TAKING:
            raise Violation(f"stock leaked: the order is {s.order}, it is {s.stock}")
        if s.refunds != s.spent:
            raise Violation(f"a mismatched capture is kept: the order is {s.order}")


def useless_requests(s: World) -> set[str]:
    """Return requests that by the unchanged rules never have an effect any more."""
    useless: set[str] = set()
    useless |= {"reserve"} if s.stock is not None else set()
    useless |= {"commit"} if s.stock in (R.COMMITTED, R.REFUSED) else set()
    useless |= {"create"} if s.link != "none" else set()
    useless |= {OwedKind.RELEASE} if s.stock not in (None, R.HELD) else set()
    useless |= (
        {OwedKind.RELEASE_FINAL} if s.stock in (R.COMMITTED, R.REFUSED) else set()
    )
    return useless | ({OwedKind.RESTOCK} if s.returned else set())


def ignored_messages(s: World) -> set[str]:
    """Return messages that their consumer only acknowledges from now on."""
    ignored: set[str] = set()
    if s.order not in (Order.PLACED, Order.AWAITING_PAYMENT):
        ignored |= {"payment.link_ready"}
        ignored |= {REQUESTED} if s.payment is not None else set()
    if s.order not in (*UNPAID, Order.EXPIRED, Order.PAID):
        ignored |= {"payment.closed"}
    if s.order not in UNPAID and s.payment in CLOSED_OR_PAID:
        ignored |= {CLOSE}
    if s.outcome:
        ignored |= {KEPT, RETURNED}
    if s.recorded:
        ignored |= {REFUND, "refund.processed"}
    return ignored
