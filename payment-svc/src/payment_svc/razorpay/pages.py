"""Reading every page of one of Razorpay's lists.

An answer names neither the number of pages nor the end of the list, and a page may be
shorter than requested. A list is therefore complete only when a page has no new item.
A full page that only repeats what is known hides the rest of the list.
"""

from collections.abc import Callable, Sequence
from typing import Any

from chassis.outcomes import Unknown
from payment_svc.razorpay.causes import BrokenList

PAGE = 100  # items, Razorpay's maximum
MOST_PAGES = 100

Fetch = Callable[[int], Sequence[dict[str, Any]]]


def every_item(
    fetch: Fetch, *, until: Callable[[dict[str, Any]], bool] = lambda _: False
) -> list[dict[str, Any]]:
    """Return the items of all pages, each id once; `fetch(skip)` returns a page.

    No page is read after one with an item for which `until` returns true.
    An item that is added between two pages shifts the others, so items may repeat.
    Raises Unknown for a list that does not end, and BrokenList for one that repeats a
    full page.
    """
    found: dict[str, dict[str, Any]] = {}
    skip = 0
    for _ in range(MOST_PAGES):
        page = fetch(skip)
        new = {str(item.get("id")): item for item in page}
        if len(page) >= PAGE and new.keys() <= found.keys():
            raise BrokenList("a page that repeats another one")
        if new.keys() <= found.keys():
            return list(found.values())
        found, skip = found | new, skip + len(page)
        if any(map(until, page)):
            return list(found.values())
    raise Unknown("a list that does not end")
