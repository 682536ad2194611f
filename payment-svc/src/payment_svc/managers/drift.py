"""Differences between our rows and Razorpay's lists: stored, repaired or reported."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from chassis import leases, logging
from payment_svc.managers.differences import Difference, printable
from payment_svc.managers.disputes import DisputeManager
from payment_svc.managers.provider_refunds import OPEN
from payment_svc.models import (
    DriftKind,
    Payment,
    ReconciliationDrift,
    ReconciliationRun,
    Refund,
)
from payment_svc.models.reconciliation import REPAIRS

RULES = {Refund: (Refund.state.in_(OPEN),)}  # a refund that has ended is never polled


@dataclass(frozen=True)
class Drift:
    """The differences that runs have found; nothing here commits.

    A difference that a poll can repair makes its row due. Every other one raises an
    alert, once; so does a difference that a later run finds again.
    """

    disputes: DisputeManager

    @property
    def session(self) -> Any:
        """Return the session of the unit of work."""
        return self.disputes.session

    def list(self, run_id: int, most: int) -> Sequence[ReconciliationDrift]:
        """Return the first differences of a run."""
        rows = select(ReconciliationDrift).filter_by(run_id=run_id)
        found: Sequence[ReconciliationDrift] = self.session.scalars(
            rows.order_by(ReconciliationDrift.id).limit(most)
        ).all()
        return found

    def record(self, run: ReconciliationRun, found: Sequence[Difference]) -> None:
        """Store and report a run's differences, and make due what repairs them."""
        if not found:
            return
        new = self._new(run.id, found)
        known = self._known(new)
        for one in new:
            self.session.add(_row(run.id, one))
        self._make_due(new)
        run.drift += len(new)
        run.unexplained += sum(one.kind not in REPAIRS for one in new)
        _report(run.id, [one for one in new if _needs_staff(one, known)])
        self.session.flush()

    def _new(self, run_id: int, found: Sequence[Difference]) -> Sequence[Difference]:
        """Return the differences that this run has not stored yet, each once."""
        rows = select(ReconciliationDrift.kind, ReconciliationDrift.razorpay_id).where(
            ReconciliationDrift.run_id == run_id,
            ReconciliationDrift.razorpay_id.in_([one.razorpay_id for one in found]),
        )
        stored = {tuple(row) for row in self.session.execute(rows)}
        unique = {(str(one.kind), one.razorpay_id): one for one in found}
        return [one for key, one in unique.items() if key not in stored]

    def _known(self, found: Sequence[Difference]) -> set[tuple[str, ...]]:
        """Return the same differences of earlier runs."""
        row = ReconciliationDrift
        rows = select(row.kind, row.razorpay_id, row.theirs).where(
            row.razorpay_id.in_([one.razorpay_id for one in found])
        )
        return {tuple(one) for one in self.session.execute(rows)}

    def _make_due(self, found: Sequence[Difference]) -> None:
        """Make rows due: payments before refunds, as every transaction locks them."""
        due = {one.due for one in found if one.due is not None}
        for model, row_id in sorted(due, key=lambda x: (x[0] is not Payment, x[1])):
            leases.make_due(model, row_id, *RULES.get(model, ()))
        for one in found:
            if one.kind is DriftKind.DISPUTE:
                self.disputes.store(one.razorpay_id)


def _row(run_id: int, one: Difference) -> ReconciliationDrift:
    return ReconciliationDrift(
        run_id=run_id,
        kind=one.kind,
        razorpay_id=one.razorpay_id,
        payment_id=one.payment_id,
        ours=printable(one.ours),
        theirs=printable(one.theirs),
        done=REPAIRS.get(one.kind, "alert"),
    )


def _needs_staff(one: Difference, known: set[tuple[str, ...]]) -> bool:
    """Return whether to alert: once for each, and when a repair has not helped."""
    is_known = (str(one.kind), one.razorpay_id, printable(one.theirs)) in known
    return is_known is (one.kind in REPAIRS)


def _report(run_id: int, found: Sequence[Difference]) -> None:
    """Raise one alert for a page, however many differences it has."""
    if found:
        logging.get().error(
            "razorpay differs from our rows",
            alert=True,
            run_id=run_id,
            kinds=dict(Counter(str(one.kind) for one in found)),
            razorpay_ids=[one.razorpay_id for one in found[:5]],
        )
