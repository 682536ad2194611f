"""The witness's ledger, from a sandbox that runs and from one that does not."""

from pathlib import Path

import pytest
import requests
from sqlalchemy.engine import make_url

import razorpay_sandbox.testing
from shop.audit import witness


@pytest.fixture
def settings(healthy):
    """Return the settings of the story's sandbox."""
    url = str(healthy.sandbox.sandbox.settings.database_url)
    return {**razorpay_sandbox.testing.KEYS, "DATABASE_URL": url}


def test_a_sandbox_that_is_down_bears_the_same_witness(healthy, settings):
    assert witness.open_(settings) == witness.ask(healthy.sandbox.url)


def test_reading_the_ledger_lets_no_link_expire(tmp_path):
    clock = tmp_path / "clock"
    with razorpay_sandbox.testing.serve(tmp_path, CLOCK_FILE=str(clock)) as sandbox:
        made = requests.post(
            f"{sandbox.url}/v1/payment_links",
            json={"amount": 100, "currency": "INR", "reference_id": "one"},
            auth=(sandbox.key_id, sandbox.key_secret),
            timeout=10,
        )
        assert made.ok, made.text
        settings = {
            **razorpay_sandbox.testing.KEYS,
            "DATABASE_URL": sandbox.sandbox.settings.database_url,
        }
    file = Path(make_url(settings["DATABASE_URL"]).database)
    before = file.read_bytes()
    clock.write_text(str(400 * 86400))

    found = witness.open_({**settings, "CLOCK_FILE": str(clock)})

    assert [link["status"] for link in found["links"]] == ["expired"]
    assert file.read_bytes() == before


def test_a_ledger_that_is_not_there_is_not_made(settings, tmp_path):
    nowhere = tmp_path / "nowhere.db"

    with pytest.raises(witness.NoLedger, match=str(nowhere)):
        witness.open_({**settings, "DATABASE_URL": f"sqlite:///{nowhere}"})

    assert not nowhere.exists()


def test_a_sandbox_without_control_gives_no_ledger(tmp_path):
    with (
        razorpay_sandbox.testing.serve(tmp_path, SANDBOX_CONTROL="off") as sandbox,
        pytest.raises(witness.NoLedger, match="404"),
    ):
        witness.ask(sandbox.url)
