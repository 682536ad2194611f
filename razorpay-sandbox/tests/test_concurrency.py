from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import requests

RIVALS = 8


def all_at_once(*deeds):
    barrier = Barrier(len(deeds))

    def run(deed):
        barrier.wait()
        return deed()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def pay(link):
    url = f"{link['short_url']}/pay"
    return requests.post(url, allow_redirects=False, timeout=20).status_code


def cancel(served, link):
    url = f"{served.url}/v1/payment_links/{link['id']}/cancel"
    auth = (served.key_id, served.key_secret)
    return requests.post(url, auth=auth, timeout=20).status_code


def test_simultaneous_payers_pay_once(client, a_link):
    link = a_link()

    answers = all_at_once(*[lambda: pay(link)] * RIVALS)

    assert sorted(answers) == [303] + [409] * (RIVALS - 1)
    assert [one["status"] for one in client.payment.all()["items"]] == ["captured"]


def test_of_paying_and_cancelling_exactly_one_wins(served, api, client, a_link):
    for round_ in range(5):
        link = a_link(reference_id=f"round-{round_}")

        paid, cancelled = all_at_once(partial(pay, link), partial(cancel, served, link))

        status = client.payment_link.fetch(link["id"])["status"]
        expected = {(303, 400): "paid", (409, 200): "cancelled"}
        assert status == expected[(paid, cancelled)]


def test_simultaneous_refunds_never_give_back_more_than_was_captured(
    served, client, a_payment
):
    payment = a_payment()
    url = f"{served.url}/v1/payments/{payment['id']}/refund"
    auth = (served.key_id, served.key_secret)

    answers = all_at_once(
        *[lambda: requests.post(url, json={"amount": 20000}, auth=auth, timeout=20)]
        * RIVALS
    )

    assert [one.status_code for one in answers].count(200) == 2
    assert client.payment.fetch(payment["id"])["amount_refunded"] == 40000


def test_simultaneous_creates_with_one_reference_make_one_link(served, api, client):
    auth = (served.key_id, served.key_secret)
    url = f"{served.url}/v1/payment_links"
    data = {"amount": 100, "reference_id": "once"}

    answers = all_at_once(
        *[lambda: requests.post(url, json=data, auth=auth, timeout=20)] * RIVALS
    )

    assert sorted(one.status_code for one in answers) == [200] + [400] * (RIVALS - 1)
    assert len(client.payment_link.all()["payment_links"]) == 1
