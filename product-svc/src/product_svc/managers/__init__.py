"""The business rules: they never commit, and use neither HTTP nor SQL dialects."""

from product_svc.managers.categories import CategoryManager
from product_svc.managers.products import ProductManager
from product_svc.managers.reservations import Outcome, ReservationManager
from product_svc.managers.stock import StockManager

__all__ = [
    "CategoryManager",
    "Outcome",
    "ProductManager",
    "ReservationManager",
    "StockManager",
]
