"""`/metrics/` shows how many products on sale have low stock."""

from typing import Any

import pytest
from prometheus_client import REGISTRY
from sqlalchemy.exc import OperationalError

from product_svc.managers import ProductManager


def scraped(shop: Any) -> float | None:
    assert shop.call("GET", "/metrics/").status_code == 200
    return REGISTRY.get_sample_value("products_low_stock")


def test_the_number_of_low_products_is_a_metric(
    shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lamp = shop.product(stock_quantity=5, low_stock_threshold=5)
    off_sale = shop.product(stock_quantity=5, low_stock_threshold=5)
    other = shop.product(stock_quantity=5, low_stock_threshold=4)
    shop.call("DELETE", f"/products/{off_sale}/", shop.staff)
    shop.product()
    assert scraped(shop) == 1
    for product in (lamp, other):
        shop.adjust(product, -1)
    assert scraped(shop) == 2

    def fail(*_: Any) -> int:
        raise OperationalError("select", {}, Exception("down"))

    monkeypatch.setattr(ProductManager, "count_low", fail)
    assert scraped(shop) == 2
