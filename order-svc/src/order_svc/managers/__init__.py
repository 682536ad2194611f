"""The business rules; managers never commit and use neither HTTP nor SQS."""

from chassis.state_machine import Impossible
from order_svc.managers.holdings import Caps
from order_svc.managers.machine import OrderMachine
from order_svc.managers.orders import OrderManager
from order_svc.managers.placing import Customer
from order_svc.managers.refunds import Refunds
from order_svc.managers.saga import Saga
from order_svc.managers.schedule import deadline
from order_svc.managers.stock_commands import record_stock_command
from order_svc.managers.triggers import Mismatch

__all__ = [
    "Caps",
    "Customer",
    "Impossible",
    "Mismatch",
    "OrderMachine",
    "OrderManager",
    "Refunds",
    "Saga",
    "deadline",
    "record_stock_command",
]
