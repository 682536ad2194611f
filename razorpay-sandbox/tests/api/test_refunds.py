import pytest
from razorpay.errors import BadRequestError


def test_a_refund_can_be_created_and_fetched_under_v1_refunds(client, a_payment):
    payment = a_payment()

    refund = client.refund.create({"payment_id": payment["id"], "amount": 100})

    assert client.refund.fetch(refund["id"]) == refund
    assert client.refund.all()["items"] == [refund]
    assert client.payment.fetch_refund_id(payment["id"], refund["id"]) == refund
    noted = client.refund.edit(refund["id"], {"notes": {"a": "b"}})
    assert noted["notes"] == {"a": "b"}


@pytest.mark.parametrize("body", [{}, {"payment_id": 5}, {"payment_id": None}])
def test_a_refund_needs_the_id_of_a_payment(api, served, body):
    answer = api.post(f"{served.url}/v1/refunds", json=body)

    error = answer.json()["error"]
    assert answer.status_code == 400
    assert error["description"] == "The payment id field is required."
    assert error["field"] == "payment_id"


def test_the_idempotency_key_is_the_same_under_both_addresses(
    api, served, client, a_payment
):
    payment = a_payment()
    headers = {"X-Refund-Idempotency": "0b8f3a52-6c1e-4f0e"}
    urls = ("refunds", f"payments/{payment['id']}/refund")
    bodies = ({"payment_id": payment["id"], "amount": 100}, {"amount": 100})

    first, second = (
        api.post(f"{served.url}/v1/{url}", json=body, headers=headers).json()
        for url, body in zip(urls, bodies, strict=True)
    )

    assert first == second
    assert client.payment.fetch(payment["id"])["amount_refunded"] == 100


def test_only_the_notes_of_a_refund_can_be_updated(client, refund):
    made = refund(amount=100).json()

    with pytest.raises(BadRequestError, match="should not be sent"):
        client.refund.edit(made["id"], {"amount": 200})

    assert client.refund.fetch(made["id"]) == made
