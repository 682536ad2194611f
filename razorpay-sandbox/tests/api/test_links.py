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


def test_links_created_in_the_same_second_are_listed_newest_first(client, a_link):
    made = [a_link(reference_id=f"r{n}")["id"] for n in range(5)]

    found = [one["id"] for one in client.payment_link.all()["payment_links"]]

    assert found == made[::-1]
