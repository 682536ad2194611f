"""The business rules; they never commit and know neither HTTP nor a dialect."""

from order_svc.managers.due import Due
from order_svc.managers.news import Impossible, Mismatch
from order_svc.managers.orders import OrderManager
from order_svc.managers.placing import Customer
from order_svc.managers.schedule import deadline

__all__ = ["Customer", "Due", "Impossible", "Mismatch", "OrderManager", "deadline"]
