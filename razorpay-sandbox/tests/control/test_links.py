import pytest


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


def test_a_failed_attempt_has_the_error_that_was_asked_for(post, client, a_link):
    link = a_link()

    failed = post(
        f"links/{link['id']}/fail",
        method="card",
        reason="insufficient_funds",
        source="issuer_bank",
    ).json()

    [seen] = client.order.payments(failed["order_id"])["items"]
    assert (seen["status"], seen["method"]) == ("failed", "card")
    assert seen["error_code"] == "BAD_REQUEST_ERROR"
    assert seen["error_reason"] == "insufficient_funds"
    assert seen["error_source"] == "issuer_bank"
    assert seen["error_step"] == "payment_authorization"
    assert client.payment_link.fetch(link["id"])["status"] == "created"


def test_a_failed_attempt_sends_its_event(post, a_link, receiver):
    post(f"links/{a_link()['id']}/fail")

    event = receiver.body_of("payment.failed")

    assert event["payload"]["payment"]["entity"]["error_reason"] == "payment_failed"


def test_nobody_can_try_to_pay_a_closed_link(post, client, a_link):
    link = a_link()
    client.payment_link.cancel(link["id"])

    assert post(f"links/{link['id']}/fail").status_code == 400


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("links/plink_x/fail", {}, 404),
        ("links/{link}/fail", {"method": "gold"}, 400),
        ("links/{link}/fail", {"reason": 1}, 400),
        ("links/{link}/fail", {"colour": "red"}, 400),
    ],
)
def test_an_impossible_attempt_is_refused(post, a_link, path, body, status):
    link = a_link(reference_id="r")["id"]

    assert post(path.format(link=link), **body).status_code == status
