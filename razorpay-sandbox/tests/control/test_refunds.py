import pytest


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
