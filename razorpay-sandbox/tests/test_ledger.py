from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
import requests
from sqlalchemy import create_engine, text

from razorpay_sandbox.ledger import OLD, Ledger

REQUESTS = 8


def all_at_once(*actions):
    barrier = Barrier(len(actions))

    def run(action):
        barrier.wait()
        return action()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


def pay(link):
    url = f"{link['short_url']}/pay"
    return requests.post(url, allow_redirects=False, timeout=20).status_code


def cancel(served, link):
    url = f"{served.url}/v1/payment_links/{link['id']}/cancel"
    auth = (served.key_id, served.key_secret)
    return requests.post(url, auth=auth, timeout=20).status_code


def test_simultaneous_payments_of_a_link_are_captured_once(client, a_link):
    link = a_link()

    answers = all_at_once(*[lambda: pay(link)] * REQUESTS)

    assert sorted(answers) == [303] + [409] * (REQUESTS - 1)
    assert [one["status"] for one in client.payment.all()["items"]] == ["captured"]


def test_a_payment_and_a_cancellation_cannot_both_succeed(served, api, client, a_link):
    for round_ in range(5):
        link = a_link(reference_id=f"round-{round_}")

        paid, cancelled = all_at_once(partial(pay, link), partial(cancel, served, link))

        status = client.payment_link.fetch(link["id"])["status"]
        expected = {(303, 400): "paid", (409, 200): "cancelled"}
        assert status == expected[(paid, cancelled)]


def test_simultaneous_refunds_never_exceed_the_captured_amount(
    served, client, a_payment
):
    payment = a_payment()
    url = f"{served.url}/v1/payments/{payment['id']}/refund"
    auth = (served.key_id, served.key_secret)

    answers = all_at_once(
        *[lambda: requests.post(url, json={"amount": 20000}, auth=auth, timeout=20)]
        * REQUESTS
    )

    assert [one.status_code for one in answers].count(200) == 2
    assert client.payment.fetch(payment["id"])["amount_refunded"] == 40000


def test_simultaneous_requests_with_one_reference_create_one_link(served, api, client):
    auth = (served.key_id, served.key_secret)
    url = f"{served.url}/v1/payment_links"
    data = {"amount": 100, "reference_id": "once"}

    answers = all_at_once(
        *[lambda: requests.post(url, json=data, auth=auth, timeout=20)] * REQUESTS
    )

    assert sorted(one.status_code for one in answers) == [200] + [400] * (REQUESTS - 1)
    assert len(client.payment_link.all()["payment_links"]) == 1


def test_a_ledger_of_an_older_version_is_refused_with_the_remedy(tmp_path):
    url = f"sqlite:///{tmp_path}/ledger.db"
    Ledger(url).close()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE payments DROP COLUMN fee_bearer"))
    engine.dispose()

    with pytest.raises(SystemExit, match="make clean") as refused:
        Ledger(url)

    assert str(refused.value) == OLD


def test_only_the_user_of_the_sandbox_reads_the_ledger(tmp_path):
    path = tmp_path / "ledger.db"
    path.touch(mode=0o644)
    ledger = Ledger(f"sqlite:///{path}")
    with ledger.transaction() as session:
        session.execute(text("DELETE FROM links"))
        modes = {one.stat().st_mode & 0o777 for one in tmp_path.iterdir()}
    ledger.close()

    assert modes == {0o600}
