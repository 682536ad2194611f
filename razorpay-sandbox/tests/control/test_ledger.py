import requests


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
