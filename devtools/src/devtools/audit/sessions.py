"""I16: sessions and their refresh tokens."""

from collections import Counter
from datetime import datetime, timedelta

from devtools.audit.books import Books, Found
from user_svc.models import MailKind

# A refresh that was under way when its family was revoked has ended by then.
UNDER_WAY = timedelta(seconds=10)


def sessions_too_open(books: Books) -> Found:
    """I16: an open session without exactly one unspent token or an active user."""
    unspent = Counter(row.family_id for row in books.tokens if row.spent_at is None)
    active = {row.id for row in books.users if row.is_active and row.deleted_at is None}
    for row in books.families:
        is_live = row.revoked_at is None and row.expires_at > books.now
        facts = {"family": row.id, "user": row.user_id}
        if unspent[row.id] > 1 or (is_live and not unspent[row.id]):
            yield {**facts, "unspent tokens": unspent[row.id]}
        if is_live and row.user_id not in active:
            yield {**facts, "open": "although the user is not active"}
    yield from _used_after_the_end(books)
    yield from _outlived_a_reset(books)


def _outlived_a_reset(books: Books) -> Found:
    resets: dict[int, datetime] = {}
    for row in books.mailed_tokens:
        if row.purpose == MailKind.RESET and row.used_at is not None:
            resets[row.user_id] = max(row.used_at, resets.get(row.user_id, row.used_at))
    for row in books.families:
        reset = resets.get(row.user_id)
        if reset and row.revoked_at is None and row.created_at < reset:
            yield {
                "family": row.id,
                "of": str(row.created_at),
                "open although the password was reset": str(reset),
            }


def _used_after_the_end(books: Books) -> Found:
    ended = {row.id: row.revoked_at for row in books.families}
    for row in books.tokens:
        end = ended.get(row.family_id)
        if end is not None and row.created_at > end + UNDER_WAY:
            yield {
                "family": row.family_id,
                "revoked": str(end),
                "but has a token of": str(row.created_at),
            }
