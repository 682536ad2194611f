"""What is due by the clock, and the claim that lets one worker alone act on it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from chassis import clock, logging
from order_svc import events
from order_svc.config import Times
from order_svc.managers.history import History
from order_svc.managers.refunds import Refunds
from order_svc.managers.schedule import backoff
from order_svc.models import Order, OrderRefund, Owed, OwedKind, OwedState, RefundState

BATCH = 50


class Due:
    """Orders, refunds and debts whose `next_check_at` has come."""

    def __init__(self, session: Session, times: Times) -> None:
        self.session = session
        self.times = times

    def orders(self) -> Sequence[int]:
        """Return the ids of orders to look at."""
        return self._ids(Order, Order.next_check_at <= clock.now())

    def refunds(self) -> Sequence[int]:
        """Return the ids of refunds that are still unanswered."""
        due = OrderRefund.next_check_at <= clock.now()
        requested = OrderRefund.state == RefundState.REQUESTED
        return self._ids(OrderRefund, requested, due)

    def owed(self) -> Sequence[int]:
        """Return the ids of calls that are owed to product-svc."""
        due = Owed.next_check_at <= clock.now()
        return self._ids(Owed, Owed.state == OwedState.OWED, due)

    def _ids(self, table: Any, *rules: Any) -> Sequence[int]:
        found = select(table.id).where(*rules).order_by(table.next_check_at)
        return self.session.scalars(found.limit(BATCH)).all()

    def claim(self, table: Any, row_id: int) -> Any:
        """Return the row for this worker alone until the claim ends, or None."""
        now = clock.now()
        taken = self.session.execute(
            update(table)
            .where(table.id == row_id, table.next_check_at <= now)
            .values(
                next_check_at=now + timedelta(seconds=self.times.claim_seconds),
                attempts=table.attempts + 1,
                updated_at=table.updated_at,  # to look is not to change
            )
            .execution_options(synchronize_session=False)
        )
        if taken.rowcount != 1:  # type: ignore[attr-defined]
            return None
        return self.session.get(table, row_id, populate_existing=True)

    def postpone(self, table: Any, row_id: int) -> None:
        """Look at a row again after a pause that grows with its attempts."""
        row = self.session.get(table, row_id, populate_existing=True)
        if row is None or row.next_check_at is None:
            return
        again = clock.now() + backoff(self.times, row.attempts)
        self.session.execute(
            update(table)
            .where(table.id == row_id, table.next_check_at == row.next_check_at)
            .values(next_check_at=again, updated_at=table.updated_at)
            .execution_options(synchronize_session=False)
        )

    def ask_refund_again(self, refund_id: int) -> bool:
        """Emit refund.requested once more for an unanswered row."""
        refund = self.claim(OrderRefund, refund_id)
        if refund is None or refund.state != RefundState.REQUESTED:
            return False
        history = History(self.session)
        pause = Refunds(self.session, self.times, history).pause(refund.attempts)
        refund.next_check_at = clock.now() + pause
        history.emit(events.refund_requested(refund), refund.order_id)
        return True

    def settle_debt(self, owed_id: int, state: OwedState, answer: str) -> None:
        """Write down product-svc's definite answer."""
        owed = self.session.get(Owed, owed_id)
        assert owed is not None
        owed.state, owed.answer = state, answer[:100]
        if state == OwedState.REFUSED:
            logging.get().error(
                "product-svc refused what it is owed",
                order_id=owed.order_id,
                kind=str(owed.kind),
                answer=answer,
                alert=True,
            )

    def prune_owed(self, before: datetime) -> int:
        """Forget releases of long ago; returns are kept, they say what came back."""
        gone = self.session.execute(
            delete(Owed)
            .where(Owed.state != OwedState.OWED, Owed.kind != OwedKind.RESTOCK)
            .where(Owed.updated_at < before)
        )
        return int(gone.rowcount)  # type: ignore[attr-defined]
