"""Reading every page of one of Razorpay's lists.

An answer names neither the number of pages nor the end of the list, and a page may be
shorter than requested. A list is therefore complete only when a page has no new item.
"""

from collections.abc import Callable, Sequence
from typing import Any

from chassis.outcomes import Unknown

PAGE = 100  # items, Razorpay's maximum
MOST_PAGES = 100

Fetch = Callable[[int], Sequence[dict[str, Any]]]


def every_item(fetch: Fetch) -> list[dict[str, Any]]:
    """Return the items of all pages, each id once; `fetch(skip)` returns a page.

    An item that is added between two pages shifts the others, so items may repeat.
    Raises Unknown for a list that does not end.
    """
    found: dict[str, dict[str, Any]] = {}
    skip = 0
    for _ in range(MOST_PAGES):
        page = fetch(skip)
        new = {str(item.get("id")): item for item in page}
        if new.keys() <= found.keys():
            return list(found.values())
        found, skip = found | new, skip + len(page)
    raise Unknown("a list that does not end")
