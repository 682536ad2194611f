"""The control calls of the account and the clock."""

import time
from email.utils import parsedate_to_datetime

import pytest
import requests

LINK = {"amount": 49900, "reference_id": "ORD-1"}


def date_of(answer):
    """Return the last Date: the server's own header comes first."""
    last = answer.raw.headers.getlist("Date")[-1]
    return parsedate_to_datetime(last).timestamp()


@pytest.fixture
def change(served):
    def post(**wanted):
        url = f"{served.url}/control/account/"
        return requests.post(url, json=wanted, timeout=5)

    return post


def test_a_suspended_account_creates_no_link_until_it_is_active_again(
    api, served, change
):
    url = f"{served.url}/v1/payment_links"

    assert change(mode="suspended").json()["mode"] == "suspended"
    refused = api.post(url, json=LINK)
    change(mode="active")

    assert refused.status_code == 400
    assert "Suspended" in refused.json()["error"]["description"]
    assert api.post(url, json=LINK).status_code == 200


def test_the_payment_page_and_the_control_api_work_in_every_mode(
    served, change, a_link
):
    link = a_link()
    change(mode="address_blocked")

    assert requests.get(link["short_url"], timeout=5).ok
    assert requests.get(f"{served.url}/control/ledger/", timeout=5).ok


def test_the_clock_is_shifted_with_its_rules_and_its_date_header(api, served, change):
    change(clock=120)
    before = int(time.time())
    soon = before + 16 * 60

    refused = api.post(
        f"{served.url}/v1/payment_links", json={**LINK, "expire_by": soon}
    )

    assert before + 120 <= date_of(refused) <= time.time() + 120
    assert "expire_by" in refused.json()["error"]["description"]


def test_without_an_answer_of_its_own_the_state_is_shown(served, change):
    change(refuse_fields="no notes")

    found = requests.get(f"{served.url}/control/account/", timeout=5).json()
    assert found == {"mode": "active", "refuse_fields": "no notes", "clock": 0}


@pytest.mark.parametrize(
    "body", [{"mode": "x"}, {"clock": "1"}, {"refuse_fields": 1}, {"x": 1}]
)
def test_an_invalid_change_is_rejected_with_a_message(change, body):
    answer = change(**body)

    assert answer.status_code == 400
    assert answer.json()["error"]
