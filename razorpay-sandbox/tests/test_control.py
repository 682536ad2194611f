import pytest
import requests

from razorpay_sandbox.testing import serve


@pytest.fixture
def control(served):
    def post(link, action, **body):
        url = f"{served.url}/control/links/{link['id']}/{action}/"
        return requests.post(url, json=body, timeout=5)

    return post


@pytest.fixture
def ledger(served):
    return lambda: requests.get(f"{served.url}/control/ledger/", timeout=5).json()


def test_the_ledger_endpoint_returns_all_rows(ledger, client, a_link, a_payment):
    client.payment.refund(a_payment()["id"], {"amount": 100})
    a_link(reference_id="open")

    found = ledger()

    assert [link["payable"] for link in found["links"]].count(True) == 1
    assert len(found["orders"]) == len(found["payments"]) == len(found["refunds"]) == 1
    assert len(found["events"]) == 6
    assert {one["plink_id"] for one in found["payments"]} == {
        link["id"] for link in found["links"] if not link["payable"]
    }


def test_expiring_an_open_link_sends_a_webhook(control, receiver, a_link):
    link = a_link()

    answer = control(link, "expire")

    assert answer.json()["status"] == "expired"
    event = receiver.body_of("payment_link.expired")
    assert event["payload"]["payment_link"]["entity"]["id"] == link["id"]


def test_a_closed_link_cannot_be_expired(control, client, a_link):
    link = a_link()
    client.payment_link.cancel(link["id"])

    answer = control(link, "expire")

    assert answer.status_code == 400
    assert answer.json() == {
        "error": "The link is cancelled; only an open link can expire."
    }


def test_a_link_can_be_paid_with_a_wrong_amount(control, client, a_link):
    link = a_link()

    payment = control(link, "pay", amount=1, method="card").json()

    after = client.payment_link.fetch(link["id"])
    assert (payment["amount"], payment["method"]) == (1, "card")
    assert (after["status"], after["amount_paid"]) == ("paid", 1)


def test_a_late_payment_is_captured_while_the_link_stays_closed(
    control, client, receiver, ledger, a_link
):
    link = a_link()
    control(link, "expire")

    refused = control(link, "pay")
    payment = control(link, "pay", late=True).json()

    after = client.payment_link.fetch(link["id"])
    receiver.wait_for("payment.captured", "order.paid", "payment_link.expired")
    assert refused.status_code == 400
    assert payment["status"] == "captured"
    assert (after["status"], after["amount_paid"]) == ("expired", 0)
    assert client.order.fetch(after["order_id"])["status"] == "paid"
    assert "payment_link.paid" not in {one["event"] for one in ledger()["events"]}


def test_a_paid_link_can_be_paid_again(control, client, ledger, a_link):
    link = a_link()
    first = control(link, "pay").json()

    refused = control(link, "pay")
    second = control(link, "pay", again=True).json()

    events = [one["event"] for one in ledger()["events"]]
    assert refused.status_code == 400
    assert second["order_id"] == first["order_id"]
    assert second["status"] == "captured"
    assert (events.count("payment.captured"), events.count("order.paid")) == (2, 1)


@pytest.mark.parametrize(
    "body",
    [{"amount": 0}, {"amount": "1"}, {"late": 1}, {"method": "cash"}, {"x": 1}],
)
def test_invalid_options_are_rejected_with_a_message(control, a_link, body):
    answer = control(a_link(), "pay", **body)

    assert answer.status_code == 400
    assert answer.json()["error"]


@pytest.fixture
def post(served):
    return lambda path, **body: requests.post(
        f"{served.url}/control/{path}/", json=body, timeout=5
    )


def test_a_dashboard_refund_has_no_receipt_and_only_a_comment(
    post, client, receiver, a_payment
):
    payment = a_payment()
    path = f"payments/{payment['id']}/refund"

    part = post(path, amount=30000, comment="by phone").json()
    rest = post(path).json()

    after = client.payment.fetch(payment["id"])
    assert (part["receipt"], part["notes"]) == (None, {"comment": "by phone"})
    assert (rest["amount"], rest["notes"], rest["status"]) == (19900, [], "processed")
    assert (after["amount_refunded"], after["refund_status"]) == (49900, "full")
    event = receiver.body_of("refund.processed")
    assert event["payload"]["payment"]["entity"]["id"] == payment["id"]
    assert post(path).json() == {
        "error": "The payment has been fully refunded already."
    }


@pytest.mark.parametrize(
    ("end", "status", "refunded"),
    [("process", "processed", 49900), ("fail", "failed", 0)],
)
def test_a_pending_refund_is_ended_by_the_bank(
    post, client, receiver, a_payment, end, status, refunded
):
    payment = a_payment()
    made = post(f"payments/{payment['id']}/refund", pending=True).json()

    ended = post(f"refunds/{made['id']}/{end}").json()

    after = client.payment.fetch(payment["id"])
    assert (made["status"], ended["status"]) == ("pending", status)
    assert after["amount_refunded"] == refunded
    assert receiver.body_of(f"refund.{status}")
    assert post(f"refunds/{made['id']}/{end}").status_code == 400


def test_an_authorized_payment_is_returned_without_a_capture(
    post, control, client, a_link
):
    payment = control(a_link(), "pay", capture=False).json()

    made = post(f"payments/{payment['id']}/refund").json()

    after = client.payment.fetch(payment["id"])
    assert made["amount"] == payment["amount"]
    assert (after["status"], after["captured"]) == ("refunded", False)


@pytest.mark.parametrize(
    ("low", "words"),
    [("invalid", "invalid request sent"), ("balance", "Your account does not have")],
)
def test_a_low_balance_refuses_refunds_until_it_is_raised(post, refund, low, words):
    assert post("balance", low=low).ok

    refused = refund(amount=100)
    assert post("balance", low=None).ok
    error = refused.json()["error"]

    assert refused.status_code == 400
    assert error["description"].startswith(words)
    assert (error["reason"], error["metadata"]) == ("NA", {})
    assert refund(amount=100).ok


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("payments/pay_AAAAAAAAAAAAAA/refund", {}),
        ("refunds/rfnd_AAAAAAAAAAAAAA/fail", {}),
        ("balance", {"low": "zero"}),
        ("balance", {"high": "invalid"}),
    ],
)
def test_what_cannot_be_controlled_is_refused_with_a_sentence(post, path, body):
    answer = post(path, **body)

    assert answer.status_code in (400, 404)
    assert isinstance(answer.json()["error"], str)


@pytest.mark.parametrize(
    "body", [{"comment": 1}, {"pending": "yes"}, {"amount": "1"}, {"speed": "normal"}]
)
def test_a_dashboard_refund_with_invalid_options_is_refused(post, a_payment, body):
    answer = post(f"payments/{a_payment()['id']}/refund", **body)

    assert answer.status_code == 400
    assert isinstance(answer.json()["error"], str)


def test_links_are_filtered_by_reference_id(served, a_link):
    link = a_link()
    a_link(reference_id="other")

    url = f"{served.url}/control/links/"
    params = {"reference_id": link["reference_id"]}
    found = requests.get(url, params=params, timeout=5).json()["links"]

    assert [one["id"] for one in found] == [link["id"]]


def test_unknown_links_and_urls_are_not_found(served, control):
    unknown = control({"id": "plink_AAAAAAAAAAAAAA"}, "expire")
    nowhere = requests.get(f"{served.url}/control/nowhere/", timeout=5)

    assert (unknown.status_code, nowhere.status_code) == (404, 404)
    assert unknown.json()["error"]
    assert nowhere.json()["error"]


def test_the_control_api_can_be_turned_off(tmp_path):
    with serve(tmp_path, SANDBOX_CONTROL="off") as served:
        answer = requests.get(f"{served.url}/control/ledger/", timeout=5)

    assert answer.status_code == 404
