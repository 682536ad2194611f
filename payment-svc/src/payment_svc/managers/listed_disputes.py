"""Comparison of a page of Razorpay's disputes with our rows."""

from collections.abc import Sequence
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from payment_svc.managers.differences import Difference
from payment_svc.managers.disputes import CHANGES
from payment_svc.models import Dispute, DriftKind
from payment_svc.razorpay.types import ProviderDispute


class ListedDisputes:
    """A page of disputes; an unknown or changed one is fetched by its id."""

    def __init__(self, session: Session, listed: Sequence[ProviderDispute]) -> None:
        self.session = session
        self.listed = listed

    def differences(self) -> list[Difference]:
        """Return the disputes that are unknown or have changed."""
        return [self._difference(one) for one in self.listed if self._differs(one)]

    @cached_property
    def _rows(self) -> dict[str, Dispute]:
        ids = [one.id for one in self.listed]
        rows = select(Dispute).where(Dispute.razorpay_dispute_id.in_(ids))
        return {row.razorpay_dispute_id: row for row in self.session.scalars(rows)}

    def _differs(self, seen: ProviderDispute) -> bool:
        row = self._rows.get(seen.id)
        return any(getattr(row, name, None) != getattr(seen, name) for name in CHANGES)

    def _difference(self, seen: ProviderDispute) -> Difference:
        row = self._rows.get(seen.id)
        ours = "nothing" if row is None else _shown(row)
        payment_id = row.payment_id if row else None
        return Difference(DriftKind.DISPUTE, seen.id, ours, _shown(seen), payment_id)


def _shown(one: Dispute | ProviderDispute) -> str:
    return f"{one.phase}, {one.status}, {one.amount}"
