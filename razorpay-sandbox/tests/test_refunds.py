import pytest
from razorpay.errors import BadRequestError


def text_of(answer):
    return answer.status_code, answer.json()["error"]["description"]


def test_a_full_refund_is_processed_at_once(client, a_payment):
    payment = a_payment()

    refund = client.payment.refund(payment["id"], {"receipt": "RFD-1"})

    after = client.payment.fetch(payment["id"])
    assert (refund["entity"], refund["status"]) == ("refund", "processed")
    assert refund["amount"] == 49900
    assert (after["status"], after["refund_status"]) == ("refunded", "full")
    assert client.payment_link.all()["payment_links"][0]["status"] == "paid"
    assert client.order.fetch(payment["order_id"])["status"] == "paid"


def test_partial_refunds_cannot_exceed_the_captured_amount(client, refund):
    first = refund(amount=20000).json()
    rest = refund(amount=29901)
    exact = refund(amount=29900)

    payment = client.payment.fetch(first["payment_id"])
    assert text_of(rest) == (
        400,
        "The refund amount provided is greater than amount captured.",
    )
    assert exact.status_code == 200
    assert payment["amount_refunded"] == 49900
    assert client.payment.fetch_multiple_refund(payment["id"])["count"] == 2
    assert text_of(refund()) == (400, "The payment has been fully refunded already.")


def test_a_partial_refund_leaves_the_payment_captured(client, refund):
    payment_id = refund(amount=100).json()["payment_id"]

    payment = client.payment.fetch(payment_id)

    assert (payment["status"], payment["refund_status"]) == ("captured", "partial")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"amount": 0}, "Amount cannot be blank."),
        ({"amount": 99}, "The amount must be at least INR 1.00."),
        ({"amount": -100}, "The amount must be at least INR 1.00."),
        ({"amount": "100"}, "The amount must be an integer."),
        ({"amount": 100.5}, "The amount must be an integer."),
        ({"speed": "fast"}, "The selected speed is invalid."),
        ({"speed": ["normal"]}, "The selected speed is invalid."),
        ({"reason": "x"}, "reason is/are not required and should not be sent"),
    ],
)
def test_an_invalid_refund_is_rejected(refund, data, text):
    assert text_of(refund(**data)) == (400, text)


def test_a_receipt_cannot_be_used_for_two_refunds_of_a_payment(refund):
    refund(amount=100, receipt="RFD-1")

    again = refund(amount=100, receipt="RFD-1")

    text = "Duplicate receipt found for this refund request."
    assert text_of(again) == (400, text)


def test_only_a_captured_payment_can_be_refunded(client, served, a_link, api):
    link = a_link()
    url = f"{served.url}/control/links/{link['id']}/pay/"
    payment = api.post(url, json={"capture": False}).json()

    with pytest.raises(BadRequestError, match="should be captured"):
        client.payment.refund(payment["id"], {})


def test_a_refund_body_must_be_an_object(client, a_payment):
    with pytest.raises(BadRequestError):
        client.payment.refund(a_payment()["id"], 500)
