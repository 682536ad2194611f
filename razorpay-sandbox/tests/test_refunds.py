import pytest
from razorpay.errors import BadRequestError

HEADER = "X-Refund-Idempotency"
KEY = {HEADER: "0b8f3a52-6c1e-4f0e"}


@pytest.fixture
def refund(api, served, a_payment):
    """Post a refund of one payment; return the whole answer."""
    url = f"{served.url}/v1/payments/{a_payment()['id']}/refund"

    def post(headers=None, **data):
        return api.post(url, json=data, headers=headers)

    return post


def text_of(answer):
    return answer.status_code, answer.json()["error"]["description"]


def test_a_refund_of_all_is_processed_at_once(client, a_payment):
    payment = a_payment()

    refund = client.payment.refund(payment["id"], {"receipt": "RFD-1"})

    after = client.payment.fetch(payment["id"])
    assert (refund["entity"], refund["status"]) == ("refund", "processed")
    assert refund["amount"] == 49900
    assert (after["status"], after["refund_status"]) == ("refunded", "full")
    assert client.payment_link.all()["payment_links"][0]["status"] == "paid"
    assert client.order.fetch(payment["order_id"])["status"] == "paid"


def test_parts_are_refunded_up_to_what_was_captured(client, refund):
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


def test_a_part_keeps_the_payment_captured(client, refund):
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
def test_a_wrong_refund_is_refused(refund, data, text):
    assert text_of(refund(**data)) == (400, text)


def test_the_same_receipt_is_refunded_once(refund):
    refund(amount=100, receipt="RFD-1")

    again = refund(amount=100, receipt="RFD-1")

    text = "Duplicate receipt found for this refund request."
    assert text_of(again) == (400, text)


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
    with served.sandbox.refunds_in_flight.claim(KEY[HEADER]):
        answer = refund(KEY, amount=100)

    text = "Another request with the same idempotency key is still in progress."
    assert text_of(answer) == (409, text)
    assert refund(KEY, amount=100).status_code == 200


@pytest.mark.parametrize("key", ["short", "with space in it", "käse-käse-käse"])
def test_a_bad_key_is_refused(refund, key):
    assert refund({HEADER: key.encode()}, amount=100).status_code == 400


def test_a_refused_refund_does_not_use_up_its_key(refund):
    refund(KEY, amount=1)

    assert refund(KEY, amount=100).status_code == 200


def test_only_captured_money_is_given_back(client, served, a_link, api):
    link = a_link()
    url = f"{served.url}/control/links/{link['id']}/pay/"
    payment = api.post(url, json={"capture": False}).json()

    with pytest.raises(BadRequestError, match="should be captured"):
        client.payment.refund(payment["id"], {})


def test_a_bare_number_is_no_refund(client, a_payment):
    with pytest.raises(BadRequestError):
        client.payment.refund(a_payment()["id"], 500)


def test_a_refund_is_made_and_found_by_its_own_address(client, a_payment):
    payment = a_payment()

    refund = client.refund.create({"payment_id": payment["id"], "amount": 100})

    assert client.refund.fetch(refund["id"]) == refund
    assert client.refund.all()["items"] == [refund]
    assert client.payment.fetch_refund_id(payment["id"], refund["id"]) == refund
    noted = client.refund.edit(refund["id"], {"notes": {"a": "b"}})
    assert noted["notes"] == {"a": "b"}
