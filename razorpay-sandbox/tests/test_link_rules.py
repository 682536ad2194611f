import time

import pytest

LATE = 15 * 60
BLANK = "amount: cannot be blank."
WHOLE = (
    "amount, should be a whole number for e.g. 2234 to create a payment link"
    " for INR 22.34."
)
CURRENCY = (
    "currency: wrong input field, please find the list of supported currencies"
    " on the documentation."
)
UPI = (
    "UPI Payment Links is not supported in Test Mode. Please experience the"
    " product in Live Mode."
)
FAULTY = "incorrect JSON object received - faulty key: {}."


def soon(seconds):
    return int(time.time()) + seconds


REFUSALS = [
    ({"amount": 0}, BLANK),
    ({"amount": None}, BLANK),
    ({"amount": 99}, "amount: amount should be minimum 100 for INR."),
    ({"amount": -1}, "amount: amount should be minimum 100 for INR."),
    (
        {"amount": 499.5},
        WHOLE,
    ),
    ({"amount": "49900"}, FAULTY.format("amount")),
    ({"amount": True}, FAULTY.format("amount")),
    ({"amount": 9999999999 + 1}, "amount exceeds maximum amount allowed."),
    (
        {"currency": "ABC"},
        CURRENCY,
    ),
    ({"reference_id": "x" * 41}, "reference_id: the length must be no more than 40."),
    ({"expire_by": "2026-01-01"}, FAULTY.format("expire_by")),
    ({"expire_by": 1}, "expire_by: timestamp must be atleast 15 minutes in future."),
    ({"customer": {}}, FAULTY.format("customer")),
    (
        {"callback_url": "shop"},
        "callback_url: URL should be sent in callback_url field.",
    ),
    ({"callback_method": "post"}, "callback_method: must be a valid value."),
    (
        {"customer": {"email": "asha"}},
        "email: must be in a valid format for e.g. abcxyz@domain.com.",
    ),
    ({"customer": {"name": "Om"}}, "The name format is invalid."),
    ({"customer": {"name": "Rao, Asha"}}, "The name format is invalid."),
    (
        {"customer": {"contact": "+91981"}},
        "contact: the length must be between 8 and 14.",
    ),
    (
        {"customer": {"contact": "+919999999999"}},
        "Recurring digits in customer contact are disallowed",
    ),
    (
        {"accept_partial": True, "first_min_partial_amount": 50000},
        "first_min_partial_amount must be less than or equal to amount.",
    ),
    (
        {"first_min_partial_amount": 99},
        "first_min_partial_amount: amount should be minimum 100 for INR.",
    ),
    (
        {"notes": {"a": "x" * 256}},
        "value: the length must not be greater than 255.",
    ),
    ({"surprise": 1}, "extra fields sent."),
    ({"customer": {"surprise": "x"}}, "extra fields sent."),
    (
        {"upi_link": True},
        UPI,
    ),
    (
        {"amount": 0, "reference_id": "x" * 41},
        "amount: cannot be blank; reference_id: the length must be no more than 40.",
    ),
]


@pytest.fixture
def create(api, served):
    def post(**wanted):
        data = {
            "amount": 49900,
            "callback_url": "https://shop.example.test/",
            "callback_method": "get",
        }
        return api.post(f"{served.url}/v1/payment_links", json=data | wanted)

    return post


@pytest.mark.parametrize(("wanted", "text"), REFUSALS)
def test_an_invalid_link_is_rejected_with_razorpays_text(create, wanted, text):
    answer = create(**wanted)

    assert answer.status_code == 400
    assert answer.json() == {
        "error": {
            "code": "BAD_REQUEST_ERROR",
            "description": text,
            "metadata": [],
            "reason": None,
            "source": None,
            "step": None,
        }
    }


def test_an_empty_body_is_rejected_for_its_missing_amount(api, served):
    answer = api.post(f"{served.url}/v1/payment_links")

    assert answer.json()["error"]["description"] == BLANK


def test_an_expiry_in_exactly_fifteen_minutes_is_rejected(create):
    assert create(expire_by=soon(LATE)).status_code == 400


def test_an_expiry_in_sixteen_minutes_is_accepted(create):
    answer = create(expire_by=soon(LATE + 60))

    assert answer.status_code == 200


def test_empty_texts_inside_a_customer_are_accepted(create):
    answer = create(customer={"name": "Asha", "email": "", "contact": ""})

    assert answer.json()["customer"] == {"name": "Asha", "email": "", "contact": ""}


@pytest.mark.parametrize(
    "address", ["callback_url", "http://", "http://[", "http://a b", "ftp://x", "//x"]
)
def test_an_invalid_callback_url_is_rejected(api, served, address):
    data = {"amount": 100, "callback_url": address, "callback_method": "get"}

    assert api.post(f"{served.url}/v1/payment_links", json=data).status_code == 400
