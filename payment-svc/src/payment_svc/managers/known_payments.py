"""What we have of a page of Razorpay's payments: one query for each table."""

from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from payment_svc.managers.provider_refunds import MADE, ZERO
from payment_svc.models import Payment, PaymentAttempt, Refund
from payment_svc.razorpay.listings import ListedPayment

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


class KnownPayments:
    """The payments, refunds and attempts of a page of Razorpay's payments."""

    def __init__(self, session: Session, listed: Sequence[ListedPayment]) -> None:
        self.session = session
        self.listed = listed
        self.ids = [one.id for one in listed]

    def find_capture(self, name: str) -> Any:
        """Return the payment that has this capture, or None."""
        return self._by_reference.get(name)

    def find_link(self, one: ListedPayment) -> Any:
        """Return the payment whose link was paid or tried, or None."""
        refs = one.references
        names = (*refs.link_ids, *refs.order_ids, *refs.receipts)
        found = (self._by_reference.get(name) for name in names)
        return next((row for row in found if row is not None), None)

    def find_attempt(self, name: str) -> Any:
        """Return the stored attempt to pay, or None."""
        return self._attempts.get(name)

    def find_refunded(self, name: str) -> int | None:
        """Return the payment of a refunded capture that an admin has rejected."""
        rows = self._refunds.get(name)
        return rows[0].payment_id if rows else None

    def made(self, name: str) -> Decimal:
        """Return the sum of a capture's refunds that are known to exist at Razorpay."""
        return sum(
            (
                row.amount
                for row in self._refunds.get(name, ())
                if row.razorpay_refund_id is not None and row.state in MADE
            ),
            ZERO,
        )

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
