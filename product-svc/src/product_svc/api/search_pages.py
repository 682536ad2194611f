"""The pages of a search, by relevance or in the order of a list."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Row, bindparam, select

from chassis import reads
from chassis.web.pagination import AFTER, AFTER_ID, Order, Page, read_page
from product_svc.managers import ProductManager
from product_svc.queries import FILTERS, PRODUCTS, SORTS, P, document
from product_svc.search import Search

NEAR = 4000  # products in the order of a list that are compared with its words
RANKED = PRODUCTS.where(FILTERS["ids"](bindparam("ids")))


class Ranked(NamedTuple):
    """A row with its relevance, of which a cursor is made."""

    row: Row[Any]
    relevance: int

    @property
    def id(self) -> int:
        """The id of the product."""
        return int(self.row.id)


def read(manager: ProductManager, query: Mapping[str, Any]) -> Page:
    """Return the page of products that a query with words selects."""
    found = manager.search(query)
    if query["sort"].lstrip("-") == "relevance":
        return _ranked(found, query)
    if found.is_frequent and (page := _near(manager, found, query)).next_cursor:
        return page
    return read_page(PRODUCTS.where(*found.conditions()), SORTS, query, document)


def _ranked(found: Search, query: Mapping[str, Any]) -> Page:
    """Return a page of the best products."""
    columns = {"id": P.id, "relevance": P.id.label("relevance")}
    order, limit = Order.of(query, columns), query["limit"]
    after = order.values and (order.values[AFTER], order.values[AFTER_ID])
    is_down = query["sort"].startswith("-")
    best = found.ranked(limit + 1, after or None, is_down=is_down)
    rows = {row.id: row for row in reads.every(RANKED, ids=list(best))}
    ranked = [Ranked(rows[one], best[one]) for one in best if one in rows]
    page = order.page(ranked, limit, is_json=True)
    page.data = [document(one.row) for one in page.data]
    return page


def _near(manager: ProductManager, found: Search, query: Mapping[str, Any]) -> Page:
    """Return the matches among the next products in the order of the list.

    Frequent words fill a page with these. The database would not stop there.
    """
    order = Order.of(query, SORTS)
    near = order.apply(select(P.id).where(*manager.of_category(query)), NEAR)
    matching = PRODUCTS.where(P.id.in_(near.scalar_subquery()), *found.tests())
    return read_page(matching, SORTS, query, document)
