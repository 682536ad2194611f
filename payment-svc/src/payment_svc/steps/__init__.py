"""Steps of the worker: a transaction, a call to Razorpay, a transaction."""

from payment_svc.steps.context import Context
from payment_svc.steps.disputes import check_dispute
from payment_svc.steps.payments import check_payment, republish_capture
from payment_svc.steps.provider import check_provider
from payment_svc.steps.reconciliation import poll, read_payment
from payment_svc.steps.reconciliation_runs import plan_reconciliation, reconcile_page
from payment_svc.steps.refunds import check_refund, republish_refund
from payment_svc.steps.silence import check_webhooks
from payment_svc.steps.webhooks import process_webhook

__all__ = [
    "Context",
    "check_dispute",
    "check_payment",
    "check_provider",
    "check_refund",
    "check_webhooks",
    "plan_reconciliation",
    "poll",
    "process_webhook",
    "read_payment",
    "reconcile_page",
    "republish_capture",
    "republish_refund",
]
