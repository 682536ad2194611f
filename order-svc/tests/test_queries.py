"""SQL statements that belong to no manager."""

from typing import Any

import pytest
from sqlalchemy import select

from order_svc import queries
from order_svc.extensions import db
from order_svc.models import Inbox, QuarantinedMessage


@pytest.fixture(autouse=True)
def _context(app: Any) -> Any:
    with app.app_context():
        yield


def quarantine(reason: str, state: str = "waiting") -> None:
    row = QuarantinedMessage(queue="q", reason=reason, body="{}", state=state)
    db.session.add(row)
    db.session.flush()


def test_a_quarantined_message_is_found_by_the_head_of_its_reason() -> None:
    quarantine("payment.captured 1: no order")

    assert queries.find_quarantined("payment.captured 1: ") is not None
    assert queries.find_quarantined("payment.captured 2: ") is None
    assert queries.find_quarantined("%: ") is None


def test_a_message_that_is_being_retried_is_not_found() -> None:
    quarantine("payment.captured 1: no order", state="again")

    assert queries.find_quarantined("payment.captured 1: ") is None


def test_one_inbox_row_is_deleted_by_its_event() -> None:
    for event_id in ("a", "b"):
        db.session.add(
            Inbox(event_id=event_id, type="t", subject="s", correlation_id="")
        )
    db.session.flush()

    queries.delete_inbox_row("a")

    assert db.session.scalars(select(Inbox.event_id)).all() == ["b"]
