"""What runs by the clock; the table of jobs at the foot.

Each job first looks without a write lock, since most looks find nothing.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta

from chassis import clock, logging
from chassis.db import reading
from chassis.failpoints import failpoint
from chassis.worker import Job
from order_svc import steps
from order_svc.config import Settings
from order_svc.extensions import db


def _each(find: Callable[[], Sequence[int]], act: Callable[[int], bool]) -> int:
    with reading():
        ids = find()
        db.session.rollback()
    return sum(_one(act, row_id) for row_id in ids)


def _one(act: Callable[[int], bool], row_id: int) -> bool:
    """Act on one row; a row that fails is claimed for a while and blocks no other."""
    try:
        done = act(row_id)
    except Exception as error:  # whatever it is, the other rows are not at fault
        db.session.rollback()
        logging.get().error("row failed", row_id=row_id, exc_info=error)
        return False
    failpoint("order.between_rows")
    return done


def check_orders() -> int:
    """Resume, commit, ask for links and closes: whatever is due for an order."""
    return _each(steps.due().orders, steps.check_order)


def pay_debts() -> int:
    """Tell product-svc what it is owed: releases and returned goods."""
    return _each(steps.due().owed, steps.pay_debt)


def ask_refunds_again() -> int:
    """Ask for each refund again that payment-svc has not answered."""
    return _each(steps.due().refunds, steps.ask_refund_again)


def prune_owed() -> int:
    """Forget releases of long ago; return 0, there is no hurry."""
    before = clock.now() - timedelta(days=steps.settings().owed_days)
    steps.due().prune_owed(before)
    failpoint("order.pruned")
    db.session.commit()
    return 0


def jobs(settings: Settings) -> dict[str, Job]:
    """Return the loops of `flask worker`."""
    poll = settings.worker_poll_seconds
    return {
        "check orders": Job(check_orders, poll),
        "pay debts": Job(pay_debts, poll),
        "ask refunds again": Job(ask_refunds_again, settings.refund_poll_seconds),
        "prune owed": Job(prune_owed, 3600),
    }
