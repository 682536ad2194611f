"""The Date header follows the sandbox's clock."""

import time
from email.utils import parsedate_to_datetime

import requests
from gunicorn import util

from razorpay_sandbox import date
from razorpay_sandbox.clock import Clock
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


def test_gunicorn_writes_the_clocks_time(monkeypatch):
    monkeypatch.setattr(util, "http_date", util.http_date)
    date.use_in_gunicorn(Clock(shift=100))

    shown = parsedate_to_datetime(util.http_date()).timestamp()
    assert 98 <= shown - time.time() <= 101
    assert util.http_date(1) == "Thu, 01 Jan 1970 00:00:01 GMT"
