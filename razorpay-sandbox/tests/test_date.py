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
    before = int(time.time())
    with serve(tmp_path, CLOCK_FILE=str(file)) as served:
        answer = requests.get(f"{served.url}/healthz/", timeout=5)

    assert before + 3600 <= date_of(answer) <= time.time() + 3600


def test_without_a_shift_the_header_is_the_servers(served):
    before = int(time.time())

    answer = requests.get(f"{served.url}/healthz/", timeout=5)

    assert before <= date_of(answer) <= time.time()


def test_gunicorn_writes_the_clocks_time(monkeypatch):
    monkeypatch.setattr(util, "http_date", util.http_date)
    date.use_in_gunicorn(Clock(shift=100))

    before = int(time.time())
    shown = parsedate_to_datetime(util.http_date()).timestamp()
    assert before + 100 <= shown <= time.time() + 100
    assert util.http_date(1) == "Thu, 01 Jan 1970 00:00:01 GMT"
