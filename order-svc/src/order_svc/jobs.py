"""The worker's jobs; the table of jobs is at the end."""

from collections.abc import Callable

from chassis import leases
from chassis.worker import Job
from order_svc import steps
from order_svc.config import Settings
from order_svc.models import Order, OrderRefund, StockCommand


def jobs(settings: Settings) -> dict[str, Job]:
    """Return the jobs of `flask worker`."""

    def each(model: type, act: Callable[[int], object]) -> Callable[[], int]:
        return lambda: leases.each(model, settings.claim_seconds, act)

    poll = settings.worker_poll_seconds
    return {
        "check orders": Job(each(Order, steps.check_order), poll),
        "send stock commands": Job(each(StockCommand, steps.send_stock_command), poll),
        "request refunds again": Job(
            each(OrderRefund, steps.request_refund_again), settings.refund_poll_seconds
        ),
    }
