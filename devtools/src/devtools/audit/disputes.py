"""I17: disputes are known, and no refund is sent while one is open."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from devtools.audit.books import Books, Found, moment_of
from payment_svc.models import RefundTrigger
from payment_svc.models.disputes import ENDED, FRAUD


def disputes_ignored(books: Books) -> Found:
    """I17: disputes that payment-svc does not know, and refunds sent meanwhile."""
    yield from _unknown(books)
    yield from _sent_meanwhile(books)


def _unknown(books: Books) -> Found:
    known = {row.razorpay_dispute_id: row for row in books.disputes}
    for row in books.ledger.get("disputes", []):
        ours = known.get(row["id"])
        if not books.is_judged(moment_of(row)):
            continue
        if ours is None:
            yield {"unknown dispute": row["id"], "of": row["payment_id"]}
        elif books.drained and (ours.phase, ours.status) != _stage(row):
            stage = f"{ours.phase} {ours.status}"
            yield {"dispute": row["id"], "known as": stage, "is": " ".join(_stage(row))}


def _stage(row: dict[str, Any]) -> tuple[str, str]:
    return row["phase"], row["status"]


def _sent_meanwhile(books: Books) -> Found:
    refunds = {row.id: row for row in books.refunds if not row.despite_dispute}
    disputed = _disputed(books)
    for row in books.refund_history:
        refund = refunds.get(row.refund_id)
        is_sent = row.trigger == RefundTrigger.SENT and row.from_state != row.to_state
        if refund is None or not is_sent:
            continue
        for dispute, since, until in disputed[refund.razorpay_payment_id]:
            if since <= row.created_at and (until is None or row.created_at < until):
                yield {"refund": refund.id, "sent during": dispute}


Span = tuple[str, datetime, datetime | None]  # dispute, since, until


def _disputed(books: Books) -> dict[str | None, list[Span]]:
    """Return when each capture was disputed, as far as payment-svc knew it."""
    found: dict[str | None, list[Span]] = defaultdict(list)
    for dispute in books.disputes:
        found[dispute.razorpay_payment_id] += _spans(books, dispute)
    return found


def _spans(books: Books, dispute: Any) -> Iterator[Span]:
    rows = [row for row in books.dispute_history if row.dispute_id == dispute.id]
    ends = [row.created_at for row in rows[1:]]
    for row, until in zip(rows, [*ends, None], strict=True):
        if row.phase != FRAUD and row.status not in ENDED:
            yield dispute.razorpay_dispute_id, row.created_at, until
