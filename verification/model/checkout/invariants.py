"""The invariants of a checkout: in every state, and in final states."""

from functools import cache

from order_svc.models import UNPAID, OrderState, StockCommandKind
from payment_svc.models import Event, PaymentState
from product_svc.models import ReservationState
from verification.model.base import Model, Violation
from verification.model.checkout.state import (
    CLOSE,
    KEPT,
    REFUND,
    REFUNDED,
    REQUESTED,
    REVIEW_REJECTED,
    World,
)

Order, P, R = OrderState, PaymentState, ReservationState
OUTCOMES = {"kept": KEPT, "refund": REFUNDED}
TAKING = (R.HELD, R.COMMITTED)
WAITING = (*UNPAID, Order.UNDER_REVIEW)
CLOSED_OR_PAID = (P.CLOSING, P.CLOSED, P.CAPTURED, P.UNDER_REVIEW)


class Invariants(Model):
    """Nothing is lost, sold twice or charged twice."""

    def check(self, s: World) -> None:
        """Check that stock and money add up."""
        taken = (s.stock in TAKING) - s.returned + s.rival
        if s.free < 0 or s.free + taken != 1:
            raise Violation("oversold: stock and reservations do not add up")
        self._check_money(s)
        outcomes = s.queue | {OUTCOMES.get(s.outcome, "")}
        if {KEPT, REFUNDED} <= outcomes:
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

    def check_stage(self, s: World, stage: str) -> None:
        """Check that no order ends because a message was lost."""
        is_waiting = s.order is Order.AWAITING_PAYMENT and not s.has_link
        if stage == "deadlines" and is_waiting:
            raise Violation("a lost message ends the order: the customer got no link")
        if stage == "people" and s.payment is P.UNDER_REVIEW:
            self._check_review(s)

    def _check_review(self, s: World) -> None:
        """Check what is known, and held, while only staff can act."""
        if s.order in (Order.AWAITING_PAYMENT, Order.EXPIRING):
            raise Violation(f"the order is {s.order}, its payment is under review")
        if s.order is Order.UNDER_REVIEW and s.stock is R.HELD:
            raise Violation("the stock is held without limit")

    def check_end(self, s: World) -> str:
        """Check that the money is kept and the goods are sold, or both are returned."""
        if s.money != "none" and not s.rejected:
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
        is_refunded = s.order is Order.REFUNDED and s.refunds == 1
        has_goods = s.stock is R.HELD or (s.stock is R.COMMITTED and not s.returned)
        if not (is_kept or (is_refunded and not has_goods)):
            raise Violation(
                f"money taken, but the order is {s.order}, its stock {s.stock}, "
                f"its payment {s.payment}, {s.refunds} refunds"
            )
        settled = "refund" if s.refund_by == "automatic" else "kept"
        if s.outcome != settled:
            raise Violation(f"capture never settled: the order is {s.order}")

    def _unpaid(self, s: World) -> None:
        if s.refunds and s.stock is R.COMMITTED:
            raise Violation(f"goods for a refunded capture: the order is {s.order}")
        if s.order not in (Order.REJECTED, Order.EXPIRED, Order.CANCELLED):
            raise Violation(f"stuck order: {s.order}, its payment {s.payment}")
        if s.stock in TAKING:
            raise Violation(f"stock leaked: the order is {s.order}, it is {s.stock}")
        if s.refunds != s.rejected:
            raise Violation(f"a mismatched capture is kept: the order is {s.order}")


@cache
def useless_requests(
    stock: ReservationState | None, link: str, *, is_returned: bool
) -> frozenset[str]:
    """Return requests that by the unchanged rules never have an effect any more."""
    useless: set[str] = {StockCommandKind.PROLONG}  # it moves no stock
    useless |= {"reserve"} if stock is not None else set()
    useless |= {"commit"} if stock in (R.COMMITTED, R.REFUSED) else set()
    useless |= {"create"} if link != "none" else set()
    useless |= {StockCommandKind.RELEASE} if stock not in (None, R.HELD) else set()
    useless |= (
        {StockCommandKind.RELEASE_FINAL} if stock in (R.COMMITTED, R.REFUSED) else set()
    )
    return frozenset(useless | ({StockCommandKind.RESTOCK} if is_returned else set()))


def _ignored_ends(order: OrderState | None, payment: PaymentState | None) -> set[str]:
    """Return ignored messages about the end of a link, or about a review."""
    ignored: set[str] = set()
    if order not in (*WAITING, Order.EXPIRED, Order.PAID):
        ignored |= {Event.CLOSED}
    if order not in WAITING:
        ignored |= {REVIEW_REJECTED}
        ignored |= {CLOSE} if payment in CLOSED_OR_PAID else set()
    if order not in (Order.PLACED, Order.AWAITING_PAYMENT, Order.EXPIRING):
        ignored |= {Event.UNDER_REVIEW}
    return ignored


@cache
def _ignored(
    order: OrderState | None,
    payment: PaymentState | None,
    *,
    is_settled: bool,
    is_recorded: bool,
) -> frozenset[str]:
    ignored = _ignored_ends(order, payment)
    if order not in (Order.PLACED, Order.AWAITING_PAYMENT):
        ignored |= {Event.LINK_READY}
        ignored |= {REQUESTED} if payment is not None else set()
    ignored |= {KEPT, REFUNDED} if is_settled else set()
    ignored |= {REFUND, Event.REFUND_PROCESSED} if is_recorded else set()
    return frozenset(ignored)


def ignored_messages(s: World) -> frozenset[str]:
    """Return messages that their consumer only acknowledges from now on."""
    return _ignored(
        s.order, s.payment, is_settled=bool(s.outcome), is_recorded=s.recorded
    )
