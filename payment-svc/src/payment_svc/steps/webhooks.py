"""Process a stored webhook."""

from sqlalchemy.exc import OperationalError

from chassis import correlation, logging
from chassis.failpoints import failpoint
from payment_svc.models import WebhookEvent
from payment_svc.steps.context import Context


def process_webhook(row_id: int) -> None:
    """Make due what a leased webhook mentions; one that raises is stored as failed."""
    work = Context("webhook")
    row = work.session.get_one(WebhookEvent, row_id)
    correlation.use(row.correlation_id)
    try:
        with work.session.begin_nested():
            work.webhooks.process(row)
    except OperationalError:  # the database failed, not the webhook
        raise
    except Exception as error:  # the webhook is not retried
        logging.get().error("webhook failed", row_id=row_id, exc_info=error)
        work.webhooks.finish(row, "failed")
    failpoint("webhook.processed")
    work.session.commit()
