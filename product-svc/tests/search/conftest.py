"""The corpus, in a database."""

from typing import Any

import pytest
from search.corpus import CATEGORIES, PRODUCTS


@pytest.fixture
def corpus(shop: Any) -> dict[str, int]:
    """Create the corpus; return ids by SKU and category name."""
    ids = {name: shop.category(name=name) for name in CATEGORIES}
    for number, (sku, name, description, category) in enumerate(PRODUCTS):
        ids[sku] = shop.product(
            sku=sku,
            name=name,
            description=description,
            category_id=category and ids[category],
            price=str(100 + number),
        )
    return ids
