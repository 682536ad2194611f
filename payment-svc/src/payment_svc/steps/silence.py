"""Check that webhooks arrive while payments are captured."""

from datetime import timedelta

from chassis import dependencies, logging
from payment_svc.managers.problems import record_failure
from payment_svc.managers.silence import unreported_capture
from payment_svc.steps.context import Context

NAME = "razorpay webhooks"


def check_webhooks() -> int:
    """Record whether webhooks arrive; alert once in each period of silence.

    The panel and `/readyz/` show what was recorded. Returns 0: no row was due.
    """
    work = Context()
    silence = timedelta(minutes=work.settings.webhook_silence_minutes)
    captured_at = unreported_capture(work.session, silence)
    if captured_at is None:
        dependencies.record(NAME, ok=True)
    else:
        detail = f"none came, but a payment was captured at {captured_at:%H:%M} UTC"
        if record_failure(work.session, NAME, detail, silence):
            logging.get().error("no webhooks from razorpay", alert=True, detail=detail)
    work.session.commit()
    return 0
