"""The alarm for silence: payments were captured, but no webhook came."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from payment_svc.models import PaymentHistory, PaymentTrigger, WebhookEvent

CAPTURES = (
    PaymentTrigger.CAPTURE_SEEN,
    PaymentTrigger.MISMATCH_SEEN,
    PaymentTrigger.SECOND_CAPTURE_SEEN,
)
WINDOW = timedelta(days=1)  # an older capture raises no alarm any more


def unreported_capture(session: Session, silence: timedelta) -> datetime | None:
    """Return when a poll found a capture about which no webhook came, or None.

    No webhook came within the time of `silence` before the capture, nor since. Any
    webhook counts: one proves that Razorpay reaches this service.
    """
    now = clock.now()
    captured_at = session.scalar(
        select(PaymentHistory.created_at)
        .where(PaymentHistory.trigger.in_(CAPTURES))
        .where(PaymentHistory.created_at <= now - silence)
        .order_by(PaymentHistory.id.desc())
        .limit(1)
    )
    if captured_at is None or captured_at < now - WINDOW:
        return None
    newest = select(WebhookEvent.created_at).order_by(WebhookEvent.id.desc()).limit(1)
    last = session.scalar(newest)  # by id, because created_at has no index
    is_silent = last is None or last + silence < captured_at
    return captured_at if is_silent else None
