import pytest

HEADER = "X-Refund-Idempotency"


KEY = {HEADER: "0b8f3a52-6c1e-4f0e"}


def test_the_same_key_and_body_return_the_first_refund(client, refund):
    first = refund(KEY, amount=100).json()

    again = refund(KEY, amount=100).json()

    assert again["id"] == first["id"]
    assert client.payment.fetch(first["payment_id"])["amount_refunded"] == 100


def test_the_same_key_with_another_body_conflicts(refund):
    refund(KEY, amount=100)

    again = refund(KEY, amount=200)

    assert again.status_code == 409
    assert again.json()["error"] == {
        "code": "BAD_REQUEST_ERROR",
        "description": (
            "Different request with the same idempotency key has already been"
            " processed."
        ),
        "source": "NA",
        "step": "NA",
        "reason": "NA",
        "metadata": {},
    }


def test_a_key_whose_request_is_in_progress_conflicts(served, refund):
    with served.sandbox.refunds_in_flight.hold(KEY[HEADER]):
        answer = refund(KEY, amount=100)

    text = "Another request with the same idempotency key is still in progress."
    assert answer.status_code == 409
    assert answer.json()["error"]["description"] == text
    assert refund(KEY, amount=100).status_code == 200


@pytest.mark.parametrize("key", ["short", "with space in it", "käse-käse-käse"])
def test_a_malformed_key_is_rejected(refund, key):
    assert refund({HEADER: key.encode()}, amount=100).status_code == 400


def test_the_key_of_a_rejected_refund_can_be_used_again(refund):
    refund(KEY, amount=1)

    assert refund(KEY, amount=100).status_code == 200
