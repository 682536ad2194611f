"""The saga's steps: a transaction, a remote call, a transaction."""

from order_svc.steps.checkout import check_customer, place, reserve
from order_svc.steps.context import Context
from order_svc.steps.order_checks import check_order
from order_svc.steps.quarantine import quarantine_once
from order_svc.steps.refunds import request_refund_again
from order_svc.steps.refusals import check_refused
from order_svc.steps.stock_commands import send_stock_command

__all__ = [
    "Context",
    "check_customer",
    "check_order",
    "check_refused",
    "place",
    "quarantine_once",
    "request_refund_again",
    "reserve",
    "send_stock_command",
]
