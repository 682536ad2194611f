"""Comparison of a page of Razorpay's payments with our rows.

A page needs one query for each table. A difference that a poll can repair makes the
payment of the link due; nothing is changed here.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from payment_svc.managers.attempts import FAILED, ORDER
from payment_svc.managers.differences import Difference
from payment_svc.managers.provider_refunds import MADE, ZERO
from payment_svc.models import DriftKind, Payment, PaymentAttempt, Refund
from payment_svc.razorpay.listings import ListedPayment
from payment_svc.razorpay.types import ProviderPayment

K = DriftKind
P = Payment.__table__.c
COLUMNS = (
    P.auditlog_ptr_id.label("id"),
    P.extra_of,
    P.state,
    P.receipt,
    P.razorpay_payment_id,
    P.razorpay_order_id,
    P.razorpay_payment_link_id,
    P.captured_amount,
    P.captured_currency,
)
NOTHING = "nothing"


class ListedPayments:
    """A page of payments, compared with payments, refunds and attempts."""

    def __init__(self, session: Session, listed: Sequence[ListedPayment]) -> None:
        self.session = session
        self.listed = listed
        self.ids = [one.id for one in listed]

    def differences(self) -> list[Difference]:
        """Return what differs; a failed attempt of a stranger is no difference."""
        return [found for one in self.listed for found in self._compare(one)]

    @cached_property
    def _rows(self) -> Sequence[Any]:
        given = [one.references for one in self.listed]
        wanted = (
            (P.razorpay_payment_id, self.ids),
            (P.razorpay_order_id, [x for one in given for x in one.order_ids]),
            (P.razorpay_payment_link_id, [x for one in given for x in one.link_ids]),
            (P.receipt, [x for one in given for x in one.receipts]),
        )
        tests = [name.in_(values) for name, values in wanted]
        return self.session.execute(select(*COLUMNS).where(or_(*tests))).all()

    @cached_property
    def _by_reference(self) -> dict[str, Any]:
        """Return the rows by everything that identifies one; None is no reference."""
        names = [name.name for name in COLUMNS[3:7]]
        return {getattr(row, name): row for row in self._rows for name in names}

    @cached_property
    def _refunds(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        rows = select(
            Refund.razorpay_payment_id,
            Refund.payment_id,
            Refund.razorpay_refund_id,
            Refund.state,
            Refund.amount,
        ).where(Refund.razorpay_payment_id.in_(self.ids))
        for row in self.session.execute(rows):
            found.setdefault(row.razorpay_payment_id, []).append(row)
        return found

    @cached_property
    def _attempts(self) -> dict[str, Any]:
        attempt = PaymentAttempt
        columns = (attempt.razorpay_payment_id, attempt.status, attempt.fee)
        rows = select(*columns).where(attempt.razorpay_payment_id.in_(self.ids))
        return {row.razorpay_payment_id: row for row in self.session.execute(rows)}

    def _compare(self, one: ListedPayment) -> Iterator[Difference]:
        held = self._by_reference.get(one.id)
        if held is not None:
            yield from self._of_capture(held, one.payment)
        elif one.id in self._refunds:  # an admin has rejected the capture
            yield from self._refunded(self._refunds[one.id][0].payment_id, one.payment)
        elif (link := self._link(one)) is not None:
            yield from self._of_link(link, one.payment)
        elif _rank(one.payment.status) > FAILED:
            theirs = _shown(one.payment)
            yield Difference(K.NOT_OURS, one.id, NOTHING, theirs)

    def _link(self, one: ListedPayment) -> Any:
        refs = one.references
        names = (*refs.link_ids, *refs.order_ids, *refs.receipts)
        found = (self._by_reference.get(name) for name in names)
        return next((row for row in found if row is not None), None)

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
        attempt = self._attempts.get(seen.id)
        ours = attempt.fee if attempt else None
        if None not in (ours, seen.fee) and ours != seen.fee:
            theirs = f"{seen.fee:.2f}"
            yield self._poll(K.FEE, payment_id, seen.id, f"{ours:.2f}", theirs)

    def _refunded(self, payment_id: int, seen: ProviderPayment) -> Iterator[Difference]:
        made = sum(
            (
                row.amount
                for row in self._refunds.get(seen.id, ())
                if row.razorpay_refund_id is not None and row.state in MADE
            ),
            ZERO,
        )
        if seen.amount_refunded not in (None, made):
            ours, theirs = f"{made:.2f}", f"{seen.amount_refunded:.2f}"
            yield self._poll(K.REFUNDED_AMOUNT, payment_id, seen.id, ours, theirs)

    def _of_link(self, row: Any, seen: ProviderPayment) -> Iterator[Difference]:
        """Compare an attempt to pay our link that is no capture of ours."""
        payment_id, attempt = row.extra_of or row.id, self._attempts.get(seen.id)
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
