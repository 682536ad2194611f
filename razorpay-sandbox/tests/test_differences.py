"""A fee that the customer bears, and an offer, made by the control API."""

import pytest
import requests


@pytest.fixture
def control(served):
    def post(link, **body):
        url = f"{served.url}/control/links/{link['id']}/pay/"
        return requests.post(url, json=body, timeout=5)

    return post


def test_a_fee_is_added_to_the_payment_and_not_to_the_link(control, client, a_link):
    link = a_link(amount=144900)

    paid = control(link, fee=3419).json()

    assert (paid["amount"], paid["fee"], paid["tax"]) == (148319, 3419, 521)
    assert (paid["fee_bearer"], paid["captured"]) == ("customer", True)
    after = client.payment_link.fetch(link["id"])
    assert (after["status"], after["amount_paid"]) == ("paid", 144900)
    order = client.order.fetch(paid["order_id"])
    assert (order["status"], order["amount_paid"]) == ("paid", 144900)
    assert client.payment.fetch(paid["id"])["fee_bearer"] == "customer"


def test_an_offer_makes_the_payment_smaller_and_the_link_paid(control, client, a_link):
    link = a_link(amount=144900)

    paid = control(link, discount=1000).json()

    assert paid["amount"] == 143900
    assert paid["offer_id"].startswith("offer_")
    after = client.payment_link.fetch(link["id"])
    assert (after["status"], after["amount_paid"]) == ("paid", 143900)


def test_all_that_the_customer_paid_can_be_refunded(control, client, a_link):
    paid = control(a_link(amount=144900), fee=3419).json()

    client.payment.refund(paid["id"], {"amount": 148319})

    assert client.payment.fetch(paid["id"])["status"] == "refunded"


def test_a_usual_payment_names_neither_a_bearer_nor_an_offer(control, a_link):
    paid = control(a_link()).json()

    assert not {"fee_bearer", "offer_id"} & paid.keys()


def test_the_webhook_of_the_link_names_who_bears_the_fee(control, receiver, a_link):
    control(a_link(), fee=118)

    event = receiver.body_of("payment_link.paid")
    entity = event["payload"]["payment"]["entity"]
    assert (entity["fee_bearer"], entity["fee"], entity["tax"]) == ("customer", 118, 18)


@pytest.mark.parametrize(
    "options",
    [
        {"fee": 0},
        {"fee": "1"},
        {"discount": -1},
        {"discount": True},
        {"fee": 1, "discount": 1},
        {"fee": 1, "amount": 1},
        {"discount": 10**9},
    ],
)
def test_a_difference_that_cannot_be_is_refused(control, a_link, options):
    assert control(a_link(), **options).status_code == 400
