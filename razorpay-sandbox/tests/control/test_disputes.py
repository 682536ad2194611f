import pytest


def test_a_dispute_can_name_a_payment_that_is_not_there(post, a_payment, receiver):
    other = "pay_Sb1RfW8nVc40Ub"

    raised = post(f"payments/{a_payment()['id']}/dispute", payment_id=other).json()

    assert raised["payment_id"] == other
    assert receiver.body_of("payment.dispute.created")["contains"] == ["dispute"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("payments/pay_x/dispute", {}, 404),
        ("disputes/disp_x", {}, 404),
        ("payments/{payment}/dispute", {"amount": 0}, 400),
        ("payments/{payment}/dispute", {"amount": True}, 400),
        ("payments/{payment}/dispute", {"payment_id": "x"}, 400),
        ("payments/{payment}/dispute", {"phase": "p" * 256}, 400),
    ],
)
def test_what_is_not_possible_is_refused(post, a_payment, path, body, status):
    payment = a_payment()["id"]

    assert post(path.format(payment=payment), **body).status_code == status
