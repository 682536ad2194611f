"""I19: the history of prices."""

from collections import defaultdict
from typing import Any

from devtools.audit.books import Books, Found


def wrong_prices(books: Books) -> Found:
    """I19: a price that the newest row does not have, or a gap between two rows."""
    history: dict[int, list[Any]] = defaultdict(list)
    for row in books.price_changes:
        history[row.product_id].append(row)
    for product in books.products:
        rows = history[product.id]
        after = [row.after for row in rows]
        if [*(row.before for row in rows), product.price] != [None, *after]:
            yield {
                "product": product.id,
                "price": str(product.price),
                "newest": str(after[-1]) if after else None,
                "gaps": ", ".join(
                    str(row.id)
                    for row, last in zip(rows, [None, *after], strict=False)
                    if row.before != last
                ),
            }
