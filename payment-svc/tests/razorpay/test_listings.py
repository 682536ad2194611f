"""Pages of Razorpay's lists, as its client returns them."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from chassis.outcomes import Unknown
from payment_svc.razorpay.causes import BrokenList
from payment_svc.razorpay.listings import read_one, read_page

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
UNTIL = datetime(2026, 1, 1, 23, 59, 59, tzinfo=UTC)
PAYMENT = {
    "id": "pay_Sb1RfW8nVc40Ub",
    "amount": 49900,
    "currency": "INR",
    "status": "captured",
    "order_id": "order_Sb1Qx7LmZk29Ta",
    "description": "#Sb1Pq4XyNd83Fe",
    "notes": {"receipt": "our-reference"},
}
REFUND = {"id": "rfnd_Sb7GmQ2xKe54Vs", "amount": 100, "status": "processed"}


def client(*items, name="payment"):
    calls = []

    def answer(query):
        calls.append(query)
        return {"entity": "collection", "count": len(items), "items": list(items)}

    resource = SimpleNamespace(all=answer, fetch=lambda _: items[0])
    return SimpleNamespace(**{name: resource}), calls


def test_a_period_is_whole_seconds_and_a_page_is_as_long_as_possible():
    razorpay, calls = client(PAYMENT)

    read_page(razorpay, "payments", SINCE, UNTIL, 200)

    wanted = {"from": 1767225600, "to": 1767311999, "count": 100, "skip": 200}
    assert calls == [wanted]


def test_a_payment_comes_with_all_that_names_its_link():
    [seen] = read_page(client(PAYMENT)[0], "payments", SINCE, UNTIL, 0).items

    references = seen.references
    assert seen.id == PAYMENT["id"]
    assert references.link_ids == ("plink_Sb1Pq4XyNd83Fe",)
    assert references.order_ids == ("order_Sb1Qx7LmZk29Ta",)
    assert references.receipts == ("our-reference",)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"id": "rfnd_Sb7GmQ2xKe54Vs"}, "rfnd_Sb7GmQ2xKe54Vs"),
        ({"id": "pay_\n"}, "pay_?"),
        ({"id": None}, "None"),
        ({"amount": "499"}, PAYMENT["id"]),
    ],
)
def test_what_cannot_be_read_is_named_and_the_rest_is_read(changes, name):
    other = {**PAYMENT, "id": "pay_Sb2SgX9oWd51Vc"}
    razorpay, _ = client({**PAYMENT, **changes}, other)

    page = read_page(razorpay, "payments", SINCE, UNTIL, 0)

    assert page.unreadable == (name,)
    assert [one.id for one in page.items] == [other["id"]]
    assert (page.size, page.first_id) == (2, name)


def test_an_answer_without_a_list_is_no_end_of_the_list():
    broken = SimpleNamespace(payment=SimpleNamespace(all=lambda _: {"items": None}))

    with pytest.raises(Unknown, match="items is not a list"):
        read_page(broken, "payments", SINCE, UNTIL, 0)


def test_a_page_that_lacks_an_entity_is_no_page():
    answer = {"count": 2, "items": [PAYMENT]}
    short = SimpleNamespace(payment=SimpleNamespace(all=lambda _: answer))

    with pytest.raises(BrokenList, match="1 of 2"):
        read_page(short, "payments", SINCE, UNTIL, 0)


@pytest.mark.parametrize(
    "changes", [{"id": "rfnd_Sb8HnR3yLf65Wt"}, {"amount": "1"}, {"status": None}]
)
def test_another_refund_or_one_that_cannot_be_read_is_none(changes):
    razorpay, _ = client({**REFUND, **changes}, name="refund")

    assert read_one(razorpay, "refunds", REFUND["id"]) is None


def test_one_refund_is_read_by_its_id():
    razorpay, _ = client(REFUND, name="refund")

    assert read_one(razorpay, "refunds", REFUND["id"]).id == REFUND["id"]
