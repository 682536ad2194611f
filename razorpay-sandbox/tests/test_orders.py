import pytest
import requests
from razorpay.errors import BadRequestError


def test_opening_the_page_of_a_link_creates_its_order(client, a_link):
    link = a_link()
    before = client.payment_link.fetch(link["id"])

    requests.get(link["short_url"], timeout=5)

    after = client.payment_link.fetch(link["id"])
    assert "order_id" not in before
    order = client.order.fetch(after["order_id"])
    assert order["receipt"] == link["reference_id"]
    assert order["notes"] == link["notes"]
    assert (order["status"], order["attempts"]) == ("created", 0)


def test_opening_the_page_again_creates_no_second_order(client, a_link):
    link = a_link()

    for _ in range(2):
        requests.get(link["short_url"], timeout=5)

    assert client.order.all()["count"] == 1


def test_an_order_is_created_by_the_api(client):
    order = client.order.create({"amount": 50000, "currency": "INR", "receipt": "r"})

    assert order["entity"] == "order"
    assert (order["amount_due"], order["notes"], order["offer_id"]) == (50000, [], None)


def test_a_receipt_is_unique_only_with_unique_receipt(client):
    data = {"amount": 50000, "currency": "INR", "receipt": "r"}
    first = client.order.create(data)

    second = client.order.create(data)
    unique = client.order.create(data | {"unique_receipt": True})

    assert first["id"] != second["id"]
    assert unique["id"] in (first["id"], second["id"])


def test_an_invalid_order_is_rejected_with_field_and_reason(api, served):
    answer = api.post(f"{served.url}/v1/orders", json={"amount": 99, "currency": "INR"})

    assert answer.status_code == 400
    assert answer.json()["error"] == {
        "code": "BAD_REQUEST_ERROR",
        "description": "The amount must be at least INR 1.00",
        "source": "business",
        "step": "payment_initiation",
        "reason": "input_validation_failed",
        "metadata": {},
        "field": "amount",
    }


def test_an_unknown_order_is_not_found(client):
    with pytest.raises(BadRequestError, match="The id provided does not exist"):
        client.order.fetch("order_AAAAAAAAAAAAAA")
    with pytest.raises(BadRequestError, match="order_x is not a valid id"):
        client.order.fetch("order_x")
