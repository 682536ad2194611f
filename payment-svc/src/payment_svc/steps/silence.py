"""Watch that webhooks come while payments are made."""

from datetime import timedelta

from chassis import clock, dependencies, logging
from payment_svc.managers.silence import unreported_capture
from payment_svc.models import Dependency
from payment_svc.steps.context import Context

NAME = "razorpay webhooks"


def watch_webhooks() -> None:
    """Record whether webhooks come; alert once in each period of silence.

    The panel and `/readyz/` show what was recorded.
    """
    work = Context()
    silence = timedelta(minutes=work.settings.webhook_silence_minutes)
    captured_at = unreported_capture(work.session, silence)
    if captured_at is None:
        dependencies.record(NAME, ok=True)
    elif not _is_reported(work, silence):
        detail = f"none came, but a payment was captured at {captured_at:%H:%M} UTC"
        logging.get().error("no webhooks from razorpay", alert=True, detail=detail)
        dependencies.record(NAME, ok=False, detail=detail)
    work.session.commit()


def _is_reported(work: Context, period: timedelta) -> bool:
    row = work.session.get(Dependency, NAME, with_for_update=True)
    return row is not None and not row.ok and clock.now() - row.updated_at < period
