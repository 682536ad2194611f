"""The default sort order of products, and a product without a category."""

from types import SimpleNamespace

import pytest
from marshmallow import ValidationError

from product_svc.schemas import ProductQuerySchema, ProductSchema


@pytest.mark.parametrize(
    ("query", "sort"),
    [
        ({}, "id"),
        ({"q": "tea"}, "relevance"),
        ({"q": "tea", "sort": "-price"}, "-price"),
    ],
)
def test_the_sort_order_has_a_default(query: dict[str, str], sort: str) -> None:
    assert ProductQuerySchema().load(query)["sort"] == sort


def test_only_a_search_can_be_sorted_by_relevance() -> None:
    with pytest.raises(ValidationError) as error:
        ProductQuerySchema().load({"sort": "relevance"})

    assert error.value.messages == {"sort": ["Sorting by relevance needs q."]}


@pytest.mark.parametrize(
    ("category", "shown"),
    [
        (SimpleNamespace(id=3, name="Tea"), {"id": 3, "name": "Tea"}),
        (SimpleNamespace(id=None, name=None), None),
        (None, None),
    ],
)
def test_the_category_of_a_product_without_one_is_null(
    category: object, shown: object
) -> None:
    document = ProductSchema(only=("category",)).dump({"category": category})

    assert document == {"category": shown}
