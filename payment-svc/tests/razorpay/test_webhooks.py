"""Every id in a webhook is read, and no shape of it raises."""

import json

import pytest

from payment_svc.razorpay.webhooks import read_webhook


def a_body(event="payment.captured", **entities):
    payload = {name: {"entity": entity} for name, entity in entities.items()}
    return json.dumps({"event": event, "payload": payload}).encode()


def test_the_ids_of_all_entities_are_read():
    found = read_webhook(
        a_body(
            payment={
                "id": "pay_1",
                "order_id": "order_1",
                "description": "#Sb1",
                "notes": {"receipt": "r1"},
            },
            payment_link={"id": "plink_2", "reference_id": "r2"},
            order={"id": "3", "receipt": "r3"},
            refund={"id": "rfnd_1", "payment_id": "pay_2", "receipt": "key"},
        )
    )

    assert found.event == "payment.captured"
    assert found.link_ids == ["plink_Sb1", "plink_2"]
    assert found.order_ids == ["order_3", "order_1"]
    assert sorted(found.receipts) == ["r1", "r2", "r3"]
    assert found.payment_ids == ["pay_1", "pay_2"]
    assert (found.refund_ids, found.refund_receipts) == (["rfnd_1"], ["key"])


def test_the_natural_key_names_the_event_and_its_entity():
    payment, refund = {"id": "pay_1"}, {"id": "rfnd_1"}

    assert read_webhook(a_body(payment=payment)).natural_key == "payment.captured:pay_1"
    both = a_body("refund.processed", payment=payment, refund=refund)
    assert read_webhook(both).natural_key == "refund.processed:rfnd_1"
    assert read_webhook(a_body("", payment=payment)).natural_key is None


def test_one_event_can_happen_several_times_to_a_dispute():
    payment, dispute = {"id": "pay_1"}, {"id": "disp_1"}
    body = a_body("payment.dispute.created", payment=payment, dispute=dispute)

    found = read_webhook(body)

    assert (found.dispute_ids, found.payment_ids) == (["disp_1"], ["pay_1"])
    assert found.natural_key is None


def test_the_evidence_beside_a_disputes_entity_is_not_read():
    part = {"entity": {"id": "disp_1"}, "evidence": {"id": "disp_2", "amount": 1}}
    body = json.dumps({"event": "x", "payload": {"dispute": part}}).encode()

    assert read_webhook(body).dispute_ids == ["disp_1"]


@pytest.mark.parametrize(
    ("account", "ids"), [("acc_1", ["acc_1"]), (None, []), (7, []), ("", [])]
)
def test_the_account_of_an_event_is_read(account, ids):
    assert read_webhook(json.dumps({"account_id": account}).encode()).account_ids == ids


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"not json",
        b"[" * 100000,
        a_body(payment=["pay_1"]),
        a_body(payment={"id": 1, "notes": [], "description": None}),
        a_body(payment={"id": "pay\x00"}, refund={"id": "r" * 256}),
    ],
)
def test_what_is_no_id_is_ignored(body):
    found = read_webhook(body)

    assert found.natural_key is None
    assert found.payment_ids == found.refund_ids == found.link_ids == []
