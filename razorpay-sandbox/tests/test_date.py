"""The Date header follows the sandbox's clock."""

import time
from email.utils import parsedate_to_datetime

import requests

from razorpay_sandbox.testing import serve


def date_of(answer):
    """Return the last Date: the server's own header comes first."""
    last = answer.raw.headers.getlist("Date")[-1]
    return parsedate_to_datetime(last).timestamp()


def test_the_header_follows_the_clock_of_the_file(tmp_path):
    file = tmp_path / "clock"
    file.write_text("3600")
    with serve(tmp_path, CLOCK_FILE=str(file)) as served:
        answer = requests.get(f"{served.url}/healthz/", timeout=5)

    shown = date_of(answer)
    assert 3598 <= shown - time.time() <= 3601


def test_without_a_shift_the_header_is_the_servers(served):
    answer = requests.get(f"{served.url}/healthz/", timeout=5)

    shown = date_of(answer)
    assert abs(shown - time.time()) <= 2
