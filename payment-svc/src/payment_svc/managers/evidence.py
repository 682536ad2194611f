"""What a snapshot of Razorpay proves about a payment."""

from decimal import Decimal
from typing import Any

from sqlalchemy import select

from chassis import clock, logging
from chassis.failpoints import failpoint
from payment_svc.managers.payment_moves import PaymentMoves
from payment_svc.managers.schedule import AT_ONCE
from payment_svc.models import (
    ClosingReason,
    Payment,
    PaymentKind,
    PaymentState,
    PaymentTrigger,
    ProviderLink,
    ProviderPayment,
    Refund,
    RefundReason,
    Snapshot,
)

T = PaymentTrigger
TAKEN = (PaymentState.CAPTURED, PaymentState.SUSPECT)
REASONS = {"expired": ClosingReason.EXPIRED, "cancelled": ClosingReason.CANCELLED}


class Evidence:
    """One snapshot, weighed for one locked payment."""

    def __init__(self, moves: PaymentMoves, payment: Payment) -> None:
        self.moves, self.payment = moves, payment
        self.session = moves.session

    def apply(self, snapshot: Snapshot) -> None:
        """Take the link's ids, then its captures, then its end."""
        if snapshot.link is not None:
            self._learn(snapshot.link)
        for capture in snapshot.captures:
            if self._is_news(capture):
                self._capture(capture)
        if not snapshot.captures:
            self._end(snapshot.link)
        self._rest()

    def _rest(self) -> None:
        """Put the next look where the plan has it; a wish to look sooner is spent."""
        payment = self.payment
        if payment.state not in AT_ONCE:  # those go on by themselves
            payment.attempts = 0
            self.moves.plan(payment)
        self.session.flush()

    def _learn(self, link: ProviderLink) -> None:
        """Take a link that is new to us, and the order that its page has made."""
        payment = self.payment
        if payment.razorpay_payment_link_id is None:
            self._adopt(link)
        elif link.order_id and payment.razorpay_order_id is None:
            payment.razorpay_order_id = link.order_id
            self.session.flush()
            self.moves.touch(payment)

    def _adopt(self, link: ProviderLink) -> None:
        values: dict[str, Any] = {
            "razorpay_payment_link_id": link.id,
            "razorpay_short_url": link.short_url,
            "razorpay_order_id": link.order_id,
            "expires_at": link.expire_by or self.payment.expires_at or clock.now(),
        }
        trigger, why = T.LINK_MADE, ""
        if not self._is_ours(link):
            trigger, why = T.GIVEN_UP, "the link has another amount"
            logging.get().error(
                "foreign link", payment_id=self.payment.id, link=link.id
            )
        if trigger is T.GIVEN_UP and self.payment.state == PaymentState.CREATED:
            values |= {"closing_reason": ClosingReason.FAILED, "reason": why}
        self.moves.become(self.payment, trigger, why, **values)

    def _is_ours(self, link: ProviderLink) -> bool:
        ours = (self.payment.amount, self.payment.currency, self.payment.receipt)
        return (link.amount, link.currency, link.reference_id) == ours

    def _is_news(self, capture: ProviderPayment) -> bool:
        """Say whether no row holds this capture and no admin has sent it back."""
        held = select(Payment.id).where(Payment.razorpay_payment_id == capture.id)
        spent = select(Refund.id).where(
            Refund.razorpay_payment_id == capture.id,
            Refund.reason == RefundReason.SUSPECT,
        )
        known = self.session.scalar(held) or self.session.scalar(spent)
        return known is None

    def _capture(self, capture: ProviderPayment) -> None:
        payment = self.payment
        is_right = (capture.amount, capture.currency) == (
            payment.amount,
            payment.currency,
        )
        trigger = T.CAPTURE_SEEN if is_right else T.MISMATCH_SEEN
        if not is_right:
            logging.get().error(
                "suspect payment", payment_id=payment.id, capture=capture.id
            )
        if payment.state in TAKEN:
            self._second(capture, trigger)
        else:
            self.moves.become(
                payment, trigger, capture.id, **_fields(capture), is_accepted=False
            )
        failpoint("payment.captured")

    def _second(self, capture: ProviderPayment, trigger: PaymentTrigger) -> None:
        """Write an EXTRA row; the link's columns stay with the first, being unique."""
        first = self.payment
        self.moves.become(first, T.SECOND_SEEN, capture.id)
        extra = self.moves.enter(
            trigger,
            capture.id,
            order_id=first.order_id,
            kind=PaymentKind.EXTRA,
            extra_of=first.id,
            user_id=first.user_id,
            amount=first.amount,
            currency=first.currency,
            placed_at=first.placed_at,
            correlation_id=first.correlation_id,
            **_fields(capture),
        )
        logging.get().warning("second payment", payment_id=extra.id, first=first.id)

    def _end(self, link: ProviderLink | None) -> None:
        """Close when no money can come: the link is over, or there is none."""
        state = PaymentState(self.payment.state)
        is_closing = state is PaymentState.CLOSING
        if (link is None and is_closing) or (link is not None and link.is_over):
            reason = REASONS.get(link.status) if link else ClosingReason.CANCELLED
            open_ = state in (PaymentState.CREATED, PaymentState.ISSUED)
            why = {"closing_reason": reason} if open_ else {}
            said = link.status if link else "there is no link"
            self.moves.become(self.payment, T.LINK_OVER, said, **why)


def _fields(capture: ProviderPayment) -> dict[str, Any]:
    return {
        "razorpay_payment_id": capture.id,
        "captured_amount": capture.amount,
        "captured_currency": capture.currency,
        "amount_refunded": Decimal("0.00"),  # of this capture
        "outcome": None,
    }
