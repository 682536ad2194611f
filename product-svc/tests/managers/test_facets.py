"""Counts stop, and the answer shows it."""

from typing import Any

import pytest

from product_svc.managers import facets


def test_counts_stop_at_the_most(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facets, "MOST", 2)
    for _ in range(3):
        shop.product()

    answer = shop.call("GET", "/products/facets/").json

    assert (answer["count"], answer["is_more"]) == (2, True)
    assert answer["in_stock"] == 2
