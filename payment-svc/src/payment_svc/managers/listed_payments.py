"""Comparison of a page of Razorpay's payments with our rows.

A difference that a poll can repair makes the payment of the link due; nothing is
changed here.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from payment_svc.managers.attempts import FAILED, ORDER
from payment_svc.managers.differences import Difference
from payment_svc.managers.known_payments import KnownPayments
from payment_svc.models import DriftKind, Payment
from payment_svc.razorpay.listings import ListedPayment
from payment_svc.razorpay.types import ProviderPayment

K = DriftKind
NOTHING = "nothing"


class ListedPayments:
    """A page of payments, compared with payments, refunds and attempts."""

    def __init__(self, session: Session, listed: Sequence[ListedPayment]) -> None:
        self.listed = listed
        self.known = KnownPayments(session, listed)

    def differences(self) -> list[Difference]:
        """Return what differs; a failed attempt of a stranger is no difference."""
        return [found for one in self.listed for found in self._compare(one)]

    def _compare(self, one: ListedPayment) -> Iterator[Difference]:
        held = self.known.find_capture(one.id)
        if held is not None:
            yield from self._of_capture(held, one.payment)
        elif (owner := self.known.find_refunded(one.id)) is not None:
            yield from self._refunded(owner, one.payment)
        elif (link := self.known.find_link(one)) is not None:
            yield from self._of_link(link, one.payment)
        elif _rank(one.payment.status) > FAILED:
            theirs = _shown(one.payment)
            yield Difference(K.NOT_OURS, one.id, NOTHING, theirs)

    def _of_capture(self, row: Any, seen: ProviderPayment) -> Iterator[Difference]:
        """Compare the capture of a payment with the capture that Razorpay has."""
        ours = f"{row.captured_amount} {row.captured_currency}"
        if not seen.is_captured:
            yield Difference(K.NOT_CAPTURED, seen.id, ours, _shown(seen), row.id)
        elif (seen.amount, seen.currency) != (
            row.captured_amount,
            row.captured_currency,
        ):
            yield Difference(K.CAPTURED_AMOUNT, seen.id, ours, _shown(seen), row.id)
        yield from self._fee(row.extra_of or row.id, seen)
        yield from self._refunded(row.extra_of or row.id, seen)

    def _fee(self, payment_id: int, seen: ProviderPayment) -> Iterator[Difference]:
        """Compare Razorpay's fee; either side may not know it."""
        attempt = self.known.find_attempt(seen.id)
        ours = attempt.fee if attempt else None
        if None not in (ours, seen.fee) and ours != seen.fee:
            theirs = f"{seen.fee:.2f}"
            yield self._poll(K.FEE, payment_id, seen.id, f"{ours:.2f}", theirs)

    def _refunded(self, payment_id: int, seen: ProviderPayment) -> Iterator[Difference]:
        made = self.known.made(seen.id)
        if seen.amount_refunded not in (None, made):
            ours, theirs = f"{made:.2f}", f"{seen.amount_refunded:.2f}"
            yield self._poll(K.REFUNDED_AMOUNT, payment_id, seen.id, ours, theirs)

    def _of_link(self, row: Any, seen: ProviderPayment) -> Iterator[Difference]:
        """Compare an attempt to pay our link that is no capture of ours."""
        payment_id, attempt = row.extra_of or row.id, self.known.find_attempt(seen.id)
        known = attempt.status if attempt else NOTHING
        is_later = _rank(seen.status) > max(_rank(known), FAILED)
        kind = K.CAPTURE_UNKNOWN if seen.is_captured else K.STATUS
        if seen.is_captured or is_later:
            yield self._poll(kind, payment_id, seen.id, known, _shown(seen))

    def _poll(
        self, kind: DriftKind, payment_id: int, name: str, ours: str, theirs: str
    ) -> Difference:
        due = (Payment, payment_id)
        return Difference(kind, name, ours, theirs, payment_id, due)


def _rank(status: str) -> int:
    return ORDER.get(status, FAILED)


def _shown(seen: ProviderPayment) -> str:
    amount: Decimal = seen.amount
    return f"{seen.status}, {amount:.2f} {seen.currency}"
