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


def test_each_endpoint_has_its_own_empty_value_for_customer_and_notes(client, a_link):
    created = a_link(notes=None)

    fetched = client.payment_link.fetch(created["id"])
    listed = client.payment_link.all()["payment_links"][0]

    assert (created["customer"], created["notes"]) == ([], None)
    assert (fetched["customer"], fetched["notes"]) == ({}, None)
    assert (listed["customer"], listed["notes"]) == ([], [])
    assert (created["payments"], fetched["payments"]) == (None, [])
    assert listed["payments"] is None


def test_the_keys_of_a_link_are_in_alphabetical_order(api, served, a_link):
    link = a_link()

    text = api.get(f"{served.url}/v1/payment_links/{link['id']}").json()

    assert list(text) == sorted(text)


def test_a_list_of_links_has_no_items_and_no_count(client, a_link):
    a_link()

    assert list(client.payment_link.all()) == ["payment_links"]


def test_links_can_be_searched_by_reference_id(client, a_link):
    a_link(reference_id="other")
    link = a_link()

    found = client.payment_link.all({"reference_id": link["reference_id"]})

    assert [one["id"] for one in found["payment_links"]] == [link["id"]]


def test_links_can_be_searched_by_payment_id(client, a_link, a_payment):
    a_link(reference_id="other")
    payment = a_payment()

    found = client.payment_link.all({"payment_id": payment["id"]})

    assert [one["order_id"] for one in found["payment_links"]] == [payment["order_id"]]


def test_a_list_takes_count_skip_from_and_to(client, a_link):
    ids = {a_link(reference_id=f"r{n}")["id"] for n in range(3)}

    pages = [client.payment_link.all({"count": 1, "skip": n}) for n in range(4)]
    later = client.payment_link.all({"from": 4000000000})

    assert {one["id"] for page in pages for one in page["payment_links"]} == ids
    assert later["payment_links"] == []


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


def test_links_created_in_the_same_second_are_listed_newest_first(client, a_link):
    made = [a_link(reference_id=f"r{n}")["id"] for n in range(5)]

    found = [one["id"] for one in client.payment_link.all()["payment_links"]]

    assert found == made[::-1]
