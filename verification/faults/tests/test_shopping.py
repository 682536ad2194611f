"""What customers do when an order is not answered in time."""

from types import SimpleNamespace

import pytest

from verification.faults import shopping
from verification.faults.browser import Reply
from verification.faults.history import FAIL, INFO, OK, History
from verification.faults.shopping import Customer, Market

IN_PROGRESS = Reply(INFO, 409)
PLACED = Reply(OK, 201, {"id": 7, "status": "pending", "user_id": 0})


@pytest.fixture
def customer(tmp_path):
    history = History(tmp_path / "history.jsonl")
    browser = SimpleNamespace(addresses={})
    market = Market({}, history, [1, 2, 3], browser, "", tmp_path, patience=2)
    return Customer(market, "asha", "seed")


@pytest.fixture
def answer(monkeypatch):
    """Answer the requests with these replies; return those that are left."""

    def answer(*replies):
        left = list(replies)
        monkeypatch.setattr(shopping, "persist", lambda *_, **__: left.pop(0))
        return left

    return answer


def test_a_customer_waits_for_an_order_in_progress(customer, answer):
    left = answer(IN_PROGRESS, IN_PROGRESS, PLACED)

    assert customer.place() == 7
    assert left == []


def test_an_order_that_stays_in_progress_is_unknown(customer, answer):
    answer(*[IN_PROGRESS] * 3)

    assert customer.place() is None
    [line] = customer.market.history.of("place")
    assert (line["outcome"], line["status"]) == (INFO, 409)


@pytest.mark.parametrize("reply", [Reply(INFO), Reply(INFO, 503), Reply(FAIL, 409)])
def test_a_refused_order_is_not_asked_for_again(customer, answer, reply):
    left = answer(reply, PLACED)

    assert customer.place() is None
    assert left == [PLACED]
