import pytest
import requests
from razorpay.errors import BadRequestError


def test_an_order_lists_failed_attempts_but_its_link_does_not(client, a_link):
    link = a_link()
    requests.post(f"{link['short_url']}/fail", timeout=5)

    after = client.payment_link.fetch(link["id"])

    attempts = client.order.payments(after["order_id"])
    assert (after["status"], after["payments"]) == ("created", [])
    assert [one["status"] for one in attempts["items"]] == ["failed"]
    assert client.order.fetch(after["order_id"])["status"] == "attempted"


def test_a_list_has_at_most_a_hundred_items(api, served):
    answer = api.get(f"{served.url}/v1/orders", params={"count": 101})

    error = answer.json()["error"]
    assert error["description"] == "The count may not be greater than 100."
    assert error["field"] == "count"


def test_an_order_can_be_expanded_with_its_payments(api, served, a_payment):
    payment = a_payment()

    url = f"{served.url}/v1/orders/{payment['order_id']}"
    order = api.get(url, params={"expand[]": "payments"}).json()

    assert order["payments"]["items"] == [payment]


def test_the_notes_of_an_order_can_be_updated(client):
    order = client.order.create({"amount": 50000, "currency": "INR"})

    assert client.order.edit(order["id"], {"notes": {"a": "b"}})["notes"] == {"a": "b"}


def test_orders_can_be_searched_by_receipt(client):
    data = {"amount": 50000, "currency": "INR"}
    client.order.create(data | {"receipt": "other"})
    order = client.order.create(data | {"receipt": "r"})

    assert client.order.all({"receipt": "r"})["items"] == [order]


def test_orders_can_be_searched_by_a_payment_that_was_authorized(client, a_payment):
    client.order.create({"amount": 50000, "currency": "INR"})
    payment = a_payment()

    found = client.order.all({"authorized": 1})["items"]

    assert [one["id"] for one in found] == [payment["order_id"]]


def test_only_the_notes_of_an_order_can_be_updated(client):
    order = client.order.create({"amount": 50000, "currency": "INR"})

    with pytest.raises(BadRequestError, match="should not be sent"):
        client.order.edit(order["id"], {"amount": 1})

    assert client.order.fetch(order["id"])["amount"] == 50000
