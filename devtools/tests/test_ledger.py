"""The ledger of the Razorpay sandbox, while it runs and after it was stopped."""

from pathlib import Path

import pytest
import requests
from sqlalchemy.engine import make_url

import razorpay_sandbox.testing
from devtools import ledger


def settings(sandbox):
    """Return the settings with which the ledger of a sandbox can be read."""
    url = str(sandbox.sandbox.settings.database_url)
    return {**razorpay_sandbox.testing.KEYS, "DATABASE_URL": url}


def create_link(sandbox):
    """Create a payment link, and return it."""
    made = requests.post(
        f"{sandbox.url}/v1/payment_links",
        json={"amount": 100, "currency": "INR", "reference_id": "one"},
        auth=(sandbox.key_id, sandbox.key_secret),
        timeout=10,
    )
    assert made.ok, made.text
    return made.json()


def test_the_ledger_of_a_stopped_sandbox_is_the_one_that_it_served(tmp_path):
    with razorpay_sandbox.testing.serve(tmp_path) as sandbox:
        link = create_link(sandbox)
        requests.post(f"{link['short_url']}/pay", timeout=10)
        served = ledger.fetch(sandbox.url)

    assert served["payments"]
    assert ledger.read(settings(sandbox)) == served


def test_reading_the_ledger_lets_no_link_expire(tmp_path):
    clock = tmp_path / "clock"
    with razorpay_sandbox.testing.serve(tmp_path, CLOCK_FILE=str(clock)) as sandbox:
        create_link(sandbox)
    given = settings(sandbox)
    file = Path(make_url(given["DATABASE_URL"]).database)
    before = file.read_bytes()
    clock.write_text(str(400 * 86400))

    found = ledger.read({**given, "CLOCK_FILE": str(clock)})

    assert [link["status"] for link in found["links"]] == ["expired"]
    assert file.read_bytes() == before


def test_a_ledger_that_is_not_there_is_not_made(tmp_path):
    nowhere = tmp_path / "nowhere.db"

    with pytest.raises(ledger.NoLedger, match=str(nowhere)):
        ledger.read({"DATABASE_URL": f"sqlite:///{nowhere}"})

    assert not nowhere.exists()


def test_a_sandbox_without_control_gives_no_ledger(tmp_path):
    with (
        razorpay_sandbox.testing.serve(tmp_path, SANDBOX_CONTROL="off") as sandbox,
        pytest.raises(ledger.NoLedger, match="404"),
    ):
        ledger.fetch(sandbox.url)
