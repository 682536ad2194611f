"""What the worker does for a refund that is due: request it again."""

from chassis.failpoints import failpoint
from order_svc.extensions import db
from order_svc.steps.context import Context


def request_refund_again(refund_id: int) -> None:
    """Publish refund.requested once more for a leased, unanswered refund."""
    Context.start().saga.request_refund_again(refund_id)
    failpoint("order.refund_requested_again")
    db.session.commit()
