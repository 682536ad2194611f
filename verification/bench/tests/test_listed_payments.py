"""The fake lists what Razorpay would list."""

from datetime import UTC, datetime, timedelta

import requests

from verification.bench.listed_payments import Listed, payment_id, served

SINCE = datetime(2026, 1, 30, tzinfo=UTC)
START, END = int(SINCE.timestamp()), int(SINCE.timestamp()) + 99


def listed():
    return Listed.spread(10, SINCE, SINCE + timedelta(seconds=100))


def ids(rows):
    return [row["id"] for row in rows]


def test_pages_are_newest_first_and_end_with_an_empty_one():
    first = listed().page(START, END, 6, 0)
    second = listed().page(START, END, 6, 6)

    assert ids([*first, *second]) == [payment_id(n) for n in range(9, -1, -1)]
    assert listed().page(START, END, 6, 10) == []


def test_both_ends_of_the_period_are_included():
    assert ids(listed().page(START + 10, START + 20, 100, 0)) == [
        payment_id(2),
        payment_id(1),
    ]


def test_only_payments_are_listed():
    period = {"from": START, "to": END, "count": 100, "skip": 0}
    with served(listed(), delay=0) as url:
        found = [
            requests.get(f"{url}/v1/{name}", params=period, timeout=10).json()["count"]
            for name in ("payments", "refunds", "disputes")
        ]

    assert found == [10, 0, 0]
