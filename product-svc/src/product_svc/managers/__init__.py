"""The business rules: they never commit, and use neither HTTP nor SQL dialects."""

from product_svc.managers.categories import CategoryManager
from product_svc.managers.facets import FacetManager
from product_svc.managers.prices import PriceManager
from product_svc.managers.products import ProductManager
from product_svc.managers.reservations import Outcome, ReservationManager
from product_svc.managers.stock import StockManager
from product_svc.managers.suggestions import SuggestionManager
from product_svc.managers.words import WordManager

__all__ = [
    "CategoryManager",
    "FacetManager",
    "Outcome",
    "PriceManager",
    "ProductManager",
    "ReservationManager",
    "StockManager",
    "SuggestionManager",
    "WordManager",
]
