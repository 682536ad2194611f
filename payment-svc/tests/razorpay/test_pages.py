"""Every item of a list is read, once, and no list is read for ever."""

import pytest

from chassis.outcomes import Unknown
from payment_svc.razorpay.causes import BrokenList
from payment_svc.razorpay.pages import MOST_PAGES, PAGE, every_item


def items(*numbers):
    return [{"id": f"rfnd_{n}"} for n in numbers]


def serve(found, most):
    """Return a server of pages, and the requested `skip`s."""
    calls = []

    def fetch(skip):
        calls.append(skip)
        return found[skip : skip + most]

    return fetch, calls


@pytest.mark.parametrize("count", [0, 1, PAGE - 1, PAGE, PAGE + 1, 3 * PAGE])
@pytest.mark.parametrize("most", [PAGE, 40], ids=["whole pages", "short pages"])
def test_all_pages_are_read_even_if_they_are_shorter_than_requested(count, most):
    found = items(*range(count))
    fetch, _ = serve(found, most)

    assert every_item(fetch) == found


def test_a_server_that_ignores_the_skip_ends_the_list():
    page = items(1, 2)

    assert every_item(lambda skip: page) == page


def test_an_item_that_is_added_between_two_pages_loses_none():
    pages = iter([items(5, 4, 3), items(3, 2, 1), []])

    found = every_item(lambda skip: next(pages))

    assert found == items(5, 4, 3, 2, 1)


def test_the_newer_copy_of_a_repeated_item_counts():
    first, second = {"id": "rfnd_1", "v": 1}, {"id": "rfnd_1", "v": 2}
    pages = iter([[first], [second, *items(2)], []])

    assert every_item(lambda skip: next(pages)) == [second, *items(2)]


def test_a_list_without_end_is_no_answer():
    calls = []

    def fetch(skip):
        calls.append(skip)
        return items(skip)

    with pytest.raises(Unknown):
        every_item(fetch)
    assert len(calls) == MOST_PAGES


def test_a_list_that_ends_in_the_middle_is_no_answer():
    def fetch(skip):
        if skip:
            raise Unknown("HTTP 502")
        return items(1, 2)

    with pytest.raises(Unknown, match="HTTP 502"):
        every_item(fetch)


def test_a_full_page_that_repeats_hides_the_rest_and_is_no_answer():
    page = items(*range(PAGE))

    with pytest.raises(BrokenList, match="repeats another one"):
        every_item(lambda skip: page)


def test_no_page_is_read_after_the_wanted_item():
    fetch, calls = serve(items(1, 2, 3, 4), 2)

    found = every_item(fetch, until=lambda one: one["id"] == "rfnd_2")

    assert (found, calls) == (items(1, 2), [0])
