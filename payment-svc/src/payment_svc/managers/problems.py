"""Problems of the account at Razorpay: alerted once for each cause and period.

A problem concerns every payment, and thousands of attempts may fail for the same cause.
Each cause has a row among the dependencies, which `/readyz` and the panel show. These
functions never commit.
"""

from datetime import timedelta

from sqlalchemy import Select, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import clock, logging
from chassis.db import changed
from payment_svc.models import Dependency
from payment_svc.razorpay.causes import ProviderProblem

PREFIX = "razorpay: "
PERIOD = timedelta(minutes=10)


def report(session: Session, problem: ProviderProblem) -> None:
    """Raise an alert, unless one was raised for this cause in the last ten minutes."""
    cause = problem.cause
    name = PREFIX + cause.name
    if cause.is_alert and record_failure(session, name, cause.meaning, PERIOD):
        logging.get().error(
            "problem at razorpay",
            alert=True,
            cause=cause.name,
            meaning=cause.meaning,
            action=cause.action,
            detail=problem.why,
        )


def record_failure(session: Session, name: str, detail: str, period: timedelta) -> bool:
    """Record that a dependency fails; return False if this period has a record.

    One of several workers gets True in each period: that one raises the alert.
    """
    row = session.get(Dependency, name)
    if row is None:
        return _insert(session, Dependency(name=name, ok=False, detail=detail[:200]))
    due = update(Dependency).where(
        Dependency.name == name,
        (Dependency.updated_at <= clock.now() - period) | Dependency.ok,
    )
    record = due.values(ok=False, detail=detail[:200], updated_at=clock.now())
    return changed(record) > 0


def _insert(session: Session, row: Dependency) -> bool:
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # another worker has recorded the failure meanwhile
        return False
    return True


def open_problems() -> Select[tuple[Dependency]]:
    """Return the statement of the problems that have not ended."""
    ours = Dependency.name.startswith(PREFIX, autoescape=True)
    return select(Dependency).where(ours, Dependency.ok.is_(False))


def end_old(session: Session) -> None:
    """End the problems for which no alert was raised in two periods."""
    before = clock.now() - 2 * PERIOD
    for row in session.scalars(open_problems().where(Dependency.updated_at < before)):
        row.ok, row.updated_at = True, clock.now()
        logging.get().info("problem at razorpay has ended", cause=row.name)
