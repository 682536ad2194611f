"""Process a stored webhook."""

from sqlalchemy.exc import OperationalError

from chassis import correlation, logging
from chassis.failpoints import failpoint
from payment_svc.extensions import db
from payment_svc.managers import webhooks
from payment_svc.managers.webhooks import Due
from payment_svc.models import WebhookEvent
from payment_svc.razorpay.webhook_events import DISPUTE
from payment_svc.razorpay.webhooks import WebhookPayload, read_webhook
from payment_svc.steps.context import Context


def process_webhook(row_id: int) -> list[Due]:
    """Process a leased webhook; return the rows that it made due at once.

    If processing raises, the webhook is stored as failed.
    """
    row = db.session.get_one(WebhookEvent, row_id)
    correlation.use(row.correlation_id)
    due: list[Due] = []
    try:
        with db.session.begin_nested():
            due = _process(row, read_webhook(row.body))
    except OperationalError:  # the database failed, not the webhook
        raise
    except Exception as error:  # the webhook is not retried
        logging.get().error("webhook failed", row_id=row_id, exc_info=error)
        webhooks.finish(row, "failed")
    failpoint("webhook.processed")
    db.session.commit()
    return due


def _process(row: WebhookEvent, payload: WebhookPayload) -> list[Due]:
    work = Context("webhook")
    ours = work.settings.razorpay_account_id
    if ours and payload.account_ids != [ours]:
        webhooks.reject(row, "another account")
        return []
    if payload.event.startswith(DISPUTE):
        return webhooks.process_dispute(work.disputes, row, payload)
    return webhooks.process(work.session, row, payload)
