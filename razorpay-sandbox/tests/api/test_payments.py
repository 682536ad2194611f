import pytest
import requests
from razorpay.errors import BadRequestError


def test_only_the_notes_of_a_payment_can_be_updated(client, a_payment):
    payment = a_payment()

    changed = client.payment.edit(payment["id"], {"notes": {"a": "b"}})

    assert changed["notes"] == {"a": "b"}
    with pytest.raises(BadRequestError, match="should not be sent"):
        client.payment.edit(payment["id"], {"amount": 1})


def test_a_payment_can_be_expanded_with_its_card(api, served, a_link):
    link = a_link()
    requests.post(f"{link['short_url']}/fail", data={"method": "card"}, timeout=5)

    url = f"{served.url}/v1/payments"
    plain = api.get(url).json()["items"][0]
    shown = api.get(url, params={"expand[]": "card"}).json()["items"][0]

    assert "card" not in plain
    assert shown["card"]["id"] == plain["card_id"]


def test_a_payment_can_be_expanded_with_its_refunds(api, served, client, a_payment):
    payment = a_payment()
    refund = client.payment.refund(payment["id"], {"amount": 100})

    url = f"{served.url}/v1/payments/{payment['id']}"
    shown = api.get(url, params={"expand[]": "refunds"}).json()

    assert "refunds" not in api.get(url).json()
    assert shown["refunds"]["items"] == [refund]


def test_a_payment_lists_only_its_own_refunds(client, a_payment):
    payment, other = a_payment(), a_payment(reference_id="other")
    refund = client.payment.refund(payment["id"], {"amount": 100})

    assert client.payment.fetch_multiple_refund(payment["id"])["items"] == [refund]
    assert client.payment.fetch_multiple_refund(other["id"])["items"] == []


def test_a_refund_is_not_found_under_another_payment(client, a_payment):
    payment, other = a_payment(), a_payment(reference_id="other")
    refund = client.payment.refund(payment["id"], {"amount": 100})

    with pytest.raises(BadRequestError, match="The id provided does not exist"):
        client.payment.fetch_refund_id(other["id"], refund["id"])
