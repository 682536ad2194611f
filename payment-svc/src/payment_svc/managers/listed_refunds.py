"""Comparison of a page of Razorpay's refunds with our rows."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from payment_svc.managers.differences import Difference
from payment_svc.managers.provider_refunds import OPEN, match
from payment_svc.models import DriftKind, Payment, Refund, RefundState
from payment_svc.razorpay.types import ProviderRefund

K = DriftKind
NOTHING = "nothing"
PENDING = ("created", "pending")


class ListedRefunds:
    """A page of refunds, compared with refunds and the payments that have them.

    A refund is ours by its stored id, its receipt or its notes.
    """

    def __init__(self, session: Session, listed: Sequence[ProviderRefund]) -> None:
        self.session = session
        self.listed = listed

    def differences(self) -> list[Difference]:
        """Return what differs; a failed refund that is not ours moved no money."""
        return [found for one in self.listed for found in self._compare(one)]

    @cached_property
    def _refunds(self) -> Sequence[Refund]:
        wanted = (
            (Refund.razorpay_refund_id, [one.id for one in self.listed]),
            (Refund.idempotency_key, [one.receipt for one in self.listed]),
            (Refund.key, [one.key for one in self.listed]),
            (Refund.razorpay_payment_id, self._captures),
        )
        tests = [name.in_([v for v in values if v]) for name, values in wanted]
        return self.session.scalars(select(Refund).where(or_(*tests))).all()

    @cached_property
    def _captures(self) -> list[str]:
        return [one.payment_id for one in self.listed if one.payment_id]

    @cached_property
    def _owners(self) -> dict[str | None, int]:
        """Return the payment to poll for each capture, rejected ones included."""
        owners = {row.razorpay_payment_id: row.payment_id for row in self._refunds}
        columns = (Payment.razorpay_payment_id, Payment.id, Payment.extra_of)
        held = select(*columns).where(Payment.razorpay_payment_id.in_(self._captures))
        for row in self.session.execute(held):
            owners[row.razorpay_payment_id] = row.extra_of or row.id
        return owners

    def _compare(self, seen: ProviderRefund) -> Iterator[Difference]:
        ours = match(self._refunds, seen)
        if ours is not None:
            yield from self._of_ours(ours, seen)
        elif seen.is_live:
            yield self._unknown(seen)

    def _unknown(self, seen: ProviderRefund) -> Difference:
        theirs, payment_id = _shown(seen), self._owners.get(seen.payment_id)
        if payment_id is None:
            return Difference(K.NOT_OURS, seen.id, NOTHING, theirs)
        due: tuple[type[Any], int] = (Payment, payment_id)
        return Difference(K.REFUND_UNKNOWN, seen.id, NOTHING, theirs, payment_id, due)

    def _of_ours(self, row: Refund, seen: ProviderRefund) -> Iterator[Difference]:
        ours, theirs = f"{row.state}, {row.amount:.2f}", _shown(seen)
        facts = (seen.id, ours, theirs, row.payment_id)
        if seen.amount != row.amount:
            yield Difference(K.REFUND_AMOUNT, *facts)
        if _as_state(seen.status) != row.state:
            kind = K.REFUND_STATUS if row.state in OPEN else K.REFUND_ENDED
            yield Difference(kind, *facts, self._due(row))

    def _due(self, row: Refund) -> tuple[type[Any], int]:
        """Return what to poll: an ended refund is compared by its payment's poll."""
        if row.state in OPEN:
            return Refund, row.id
        return Payment, self._owners.get(row.razorpay_payment_id) or row.payment_id


def _as_state(status: str) -> str:
    return RefundState.PENDING if status in PENDING else status


def _shown(seen: ProviderRefund) -> str:
    return f"{seen.status}, {seen.amount:.2f} {seen.currency or ''}".strip()
