from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from razorpay_sandbox.pages import rupees


def post(link, action, **data):
    url = f"{link['short_url']}/{action}"
    return requests.post(url, data=data, allow_redirects=False, timeout=5)


@pytest.mark.parametrize(
    ("paise", "text"),
    [(0, "0.00"), (5, "0.05"), (49900, "499.00"), (12345678, "1,23,456.78")],
)
def test_rupees_use_indian_grouping(paise, text):
    assert rupees(paise) == text


def test_the_page_shows_merchant_description_and_rupees(a_link):
    link = a_link(description="Two kettles", amount=12345600)

    page = requests.get(link["short_url"], timeout=5).text

    assert "Sandbox Shop" in page
    assert "Two kettles" in page
    assert "1,23,456.00" in page
    assert "Sandbox</strong>" in page


def test_paying_redirects_to_the_shop_with_razorpays_five_parameters(
    client, served, a_link
):
    link = a_link()

    answer = post(link, "pay")

    address = urlsplit(answer.headers["Location"])
    found = parse_qsl(address.query, keep_blank_values=True)
    values = dict(found)
    assert answer.status_code == 303
    assert address.geturl().startswith("https://shop.example.test/pay/return?")
    assert [key for key, _ in found] == [
        "from",
        "razorpay_payment_id",
        "razorpay_payment_link_id",
        "razorpay_payment_link_reference_id",
        "razorpay_payment_link_status",
        "razorpay_signature",
    ]
    assert client.utility.verify_payment_link_signature(
        {
            "payment_link_id": values["razorpay_payment_link_id"],
            "payment_link_reference_id": link["reference_id"],
            "payment_link_status": "paid",
            "razorpay_payment_id": values["razorpay_payment_id"],
            "razorpay_signature": values["razorpay_signature"],
            "secret": served.key_secret,
        }
    )


def test_a_link_without_reference_id_sends_an_empty_parameter(a_link):
    answer = post(a_link(reference_id=""), "pay")

    assert "razorpay_payment_link_reference_id=&" in answer.headers["Location"]


def test_without_a_callback_url_the_page_shows_the_payment(a_link):
    link = a_link(callback_url=None, callback_method=None)

    answer = requests.post(f"{link['short_url']}/pay", timeout=5)

    assert answer.url == link["short_url"]
    assert "Payment received" in answer.text


def test_a_failed_attempt_can_be_tried_again(client, a_link):
    link = a_link()

    page = post(link, "fail")

    assert page.status_code == 200
    assert "You can try again" in page.text
    assert post(link, "pay").status_code == 303
    assert client.payment_link.fetch(link["id"])["status"] == "paid"


def test_leaving_keeps_the_payment_pending(client, a_link):
    link = a_link()

    page = post(link, "leave", method="netbanking")

    payment = client.payment.all()["items"][0]
    assert "pending" in page.text
    assert (payment["status"], payment["captured"]) == ("created", False)
    assert payment["method"] == "netbanking"


@pytest.mark.parametrize("method", ["upi", "card", "netbanking"])
def test_a_link_can_be_paid_with_each_method(client, a_link, method):
    post(a_link(), "pay", method=method)

    assert client.payment.all()["items"][0]["method"] == method


@pytest.mark.parametrize("action", ["pay", "fail", "leave"])
def test_a_closed_link_shows_its_status_and_rejects_payments(client, a_link, action):
    link = a_link()
    client.payment_link.cancel(link["id"])

    answer = post(link, action)

    assert answer.status_code == 409
    assert "This link was cancelled" in answer.text
    assert client.payment.all()["count"] == 0


def test_a_link_with_partial_payments_is_paid_in_parts(client, receiver, a_link):
    link = a_link(amount=1000000, accept_partial=True, first_min_partial_amount=200000)

    small = post(link, "pay", amount="1999.99")
    first = post(link, "pay", amount="4000.00")
    part = client.payment_link.fetch(link["id"])
    post(link, "pay")
    whole = client.payment_link.fetch(link["id"])

    assert small.status_code == 400
    assert "status=partially_paid" in first.headers["Location"]
    assert (part["status"], part["amount_paid"]) == ("partially_paid", 400000)
    assert (whole["status"], whole["amount_paid"]) == ("paid", 1000000)
    event = receiver.body_of("payment_link.partially_paid")["payload"]
    assert event["order"]["entity"]["amount_due"] == 600000
    receiver.wait_for("order.paid", "payment_link.paid")


@pytest.mark.parametrize("amount", ["x", "NaN", "-1", "1e400", "4000.001", "1e9"])
def test_an_invalid_amount_is_rejected(client, a_link, amount):
    link = a_link(amount=1000000, accept_partial=True)

    assert post(link, "pay", amount=amount).status_code == 400
    assert client.payment.all()["count"] == 0


def test_texts_from_the_shop_are_escaped(a_link, served):
    link = a_link(description="<script>alert(1)</script>")

    for url in (link["short_url"], served.url):
        page = requests.get(url, timeout=5).text
        assert "<script>" not in page
        assert "&lt;script&gt;" in page


def test_the_index_lists_links_with_their_status(a_link, served):
    link = a_link()

    page = requests.get(served.url, timeout=5).text

    assert link["id"] in page
    assert "created" in page


def test_an_unknown_page_is_not_found(served):
    assert requests.get(f"{served.url}/l/nothing", timeout=5).status_code == 404
