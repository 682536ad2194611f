import pytest
from razorpay.errors import BadRequestError


def test_a_new_link_has_no_entity_no_order_and_null_payments(a_link):
    link = a_link()

    assert "entity" not in link
    assert "order_id" not in link
    assert link["payments"] is None
    assert link["status"] == "created"
    assert link["id"].startswith("plink_")
    assert len(link["id"]) == len("plink_") + 14


def test_a_reference_id_cannot_be_reused(client, a_link):
    link = a_link()
    client.payment_link.cancel(link["id"])

    with pytest.raises(BadRequestError) as refusal:
        a_link()

    assert str(refusal.value) == (
        "payment link with given reference_id: ORD-2026-000117 already exists."
        " Please create a payment link with a different reference_id"
    )


def test_several_links_can_have_no_reference_id(a_link):
    assert a_link(reference_id="")["id"] != a_link(reference_id="")["id"]


def test_an_open_link_can_be_updated(client, a_link):
    link = a_link()

    changed = client.payment_link.edit(
        link["id"], {"reference_id": "new", "notes": {"a": "b"}}
    )

    assert (changed["reference_id"], changed["notes"]) == ("new", {"a": "b"})
    with pytest.raises(BadRequestError, match="already exists"):
        a_link()


def test_a_read_only_field_cannot_be_updated(client, a_link):
    with pytest.raises(BadRequestError, match=r"wrong input fields sent\."):
        client.payment_link.edit(a_link()["id"], {"amount": 100})


def test_a_closed_link_cannot_be_updated(client, a_link):
    link = a_link()
    client.payment_link.cancel(link["id"])

    with pytest.raises(BadRequestError) as refusal:
        client.payment_link.edit(link["id"], {"notes": {}})

    text = "update can only be made in created or partially paid state"
    assert str(refusal.value) == text


def test_a_cancelled_link_cannot_be_cancelled_again(client, a_link):
    link = a_link()

    cancelled = client.payment_link.cancel(link["id"])

    assert cancelled["status"] == "cancelled"
    assert cancelled["cancelled_at"] == cancelled["updated_at"] > 0
    with pytest.raises(BadRequestError) as refusal:
        client.payment_link.cancel(link["id"])
    assert str(refusal.value) == "cannot cancel or expire a cancelled link"


def test_a_paid_link_cannot_be_cancelled(client, a_link, a_payment):
    a_payment()
    link = client.payment_link.all()["payment_links"][0]

    with pytest.raises(BadRequestError) as refusal:
        client.payment_link.cancel(link["id"])

    text = "cannot cancel or expire an already paid / partially paid link"
    assert str(refusal.value) == text


def test_a_link_is_sent_by_sms_or_email_only(client, a_link):
    link = a_link()

    assert client.payment_link.notifyBy(link["id"], "sms") == {"success": True}
    with pytest.raises(BadRequestError, match="not a valid notification medium"):
        client.payment_link.notifyBy(link["id"], "pigeon")


def test_unknown_and_malformed_ids_have_different_errors(client):
    with pytest.raises(BadRequestError) as unknown:
        client.payment_link.fetch("plink_AAAAAAAAAAAAAA")
    with pytest.raises(BadRequestError) as malformed:
        client.payment_link.fetch("plink_xxxx")
    with pytest.raises(BadRequestError) as resent:
        client.payment_link.notifyBy("link_xxxx", "sms")

    assert str(unknown.value) == "The id provided does not exist"
    assert str(malformed.value) == "invalid input [strippedId] = [xxxx]"
    assert str(resent.value) == "invalid input [id] = [link_xxxx]"
