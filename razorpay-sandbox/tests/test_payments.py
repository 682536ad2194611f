import pytest
import requests
from razorpay.errors import BadRequestError


def test_a_payment_refers_to_its_link_by_order_notes_and_description(client, a_payment):
    payment = a_payment()

    link = client.payment_link.all()["payment_links"][0]
    assert payment["description"] == "#" + link["id"].removeprefix("plink_")
    assert payment["order_id"] == link["order_id"]
    assert payment["notes"] == link["notes"]
    assert not {"payment_link_id", "reference_id"} & payment.keys()


def test_only_a_captured_payment_has_a_fee(client, a_link, a_payment):
    captured = a_payment()
    link = a_link(reference_id="other")
    requests.post(f"{link['short_url']}/fail", timeout=5)

    failed = client.payment.all()["items"]

    assert (captured["fee"], captured["tax"]) == (1178, 180)
    assert [one["fee"] for one in failed if one["status"] == "failed"] == [None]


def test_a_payment_is_captured_for_exactly_its_amount(client, served, a_link):
    link = a_link()
    url = f"{served.url}/control/links/{link['id']}/pay/"
    payment = requests.post(url, json={"capture": False}, timeout=5).json()
    currency = {"currency": "INR"}

    with pytest.raises(BadRequestError, match="equal to the amount authorized"):
        client.payment.capture(payment["id"], 100, dict(currency))
    with pytest.raises(BadRequestError, match="must be same as payment currency"):
        client.payment.capture(payment["id"], 49900, {"currency": "USD"})
    captured = client.payment.capture(payment["id"], 49900, dict(currency))

    assert payment["status"] == "authorized"
    assert (captured["status"], captured["captured"]) == ("captured", True)
    assert client.payment_link.fetch(link["id"])["status"] == "paid"
    with pytest.raises(BadRequestError, match="already been either captured"):
        client.payment.capture(payment["id"], 49900, dict(currency))


def test_a_link_with_an_authorized_payment_rejects_another_payment(served, a_link):
    link = a_link()
    url = f"{served.url}/control/links/{link['id']}/pay/"
    requests.post(url, json={"capture": False}, timeout=5)

    answer = requests.post(f"{link['short_url']}/pay", timeout=5)

    assert answer.status_code == 409
