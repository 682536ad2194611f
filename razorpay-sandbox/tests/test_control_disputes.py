import pytest
import requests

from razorpay_sandbox.testing import serve


@pytest.fixture
def post(served):
    return lambda path, **body: requests.post(
        f"{served.url}/control/{path}/", json=body, timeout=5
    )


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


def test_a_dispute_can_name_a_payment_that_is_not_there(post, a_payment, receiver):
    other = "pay_Sb1RfW8nVc40Ub"

    raised = post(f"payments/{a_payment()['id']}/dispute", payment_id=other).json()

    assert raised["payment_id"] == other
    assert receiver.body_of("payment.dispute.created")["contains"] == ["dispute"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("links/plink_x/fail", {}, 404),
        ("payments/pay_x/dispute", {}, 404),
        ("disputes/disp_x", {}, 404),
        ("links/{link}/fail", {"method": "gold"}, 400),
        ("links/{link}/fail", {"reason": 1}, 400),
        ("links/{link}/fail", {"colour": "red"}, 400),
        ("payments/{payment}/dispute", {"amount": 0}, 400),
        ("payments/{payment}/dispute", {"amount": True}, 400),
        ("payments/{payment}/dispute", {"payment_id": "x"}, 400),
        ("payments/{payment}/dispute", {"phase": "p" * 256}, 400),
    ],
)
def test_what_is_not_possible_is_refused(post, a_link, a_payment, path, body, status):
    names = {"link": a_link(reference_id="r")["id"], "payment": a_payment()["id"]}

    assert post(path.format(**names), **body).status_code == status


def test_nobody_can_try_to_pay_a_closed_link(post, client, a_link):
    link = a_link()
    client.payment_link.cancel(link["id"])

    assert post(f"links/{link['id']}/fail").status_code == 400


def test_the_calls_can_be_switched_off(tmp_path):
    with serve(tmp_path, SANDBOX_CONTROL="off") as off:
        path = "/control/disputes/disp_x/"
        assert requests.post(off.url + path, json={}, timeout=5).status_code == 404
