"""Requests that fire the triggers of a reservation."""

from typing import Any

import pytest

from chassis import worker

ORDER, RIVAL = 1, 99


@pytest.fixture
def fire(shop: Any, pass_seconds: Any) -> Any:
    """Return a function that fires a trigger at order 1 and returns the answer."""
    product = shop.product(stock_quantity=5)

    def sweep() -> None:
        pass_seconds(3600)
        worker.drain(shop.app)

    def commit_when_sold_out() -> Any:
        assert shop.reserve(RIVAL, {product: 4}).status_code == 201
        return shop.commit(ORDER)

    triggers = {
        "reserve": lambda: shop.reserve(ORDER, {product: 2}),
        "reserve too much": lambda: shop.reserve(ORDER, {product: 6}),
        "reserve unknown": lambda: shop.reserve(ORDER, {product: 2, 10**6: 1}),
        "release": lambda: shop.release(ORDER),
        "release final": lambda: shop.release(ORDER, final=True),
        "commit": lambda: shop.commit(ORDER),
        "commit when sold out": commit_when_sold_out,
        "restock": lambda: shop.restock(ORDER, {product: 2}),
        "restock too much": lambda: shop.restock(ORDER, {product: 3}),
        "prolong": lambda: shop.prolong(ORDER),
        "sweep": sweep,
    }

    def one(trigger: str) -> tuple[tuple[int, Any], tuple[int, int]]:
        answer = triggers[trigger]()
        status = answer.status_code if answer is not None else 0
        code = answer.json["code"] if status >= 400 else None
        return (status, code), shop.quantities(product)

    return one
