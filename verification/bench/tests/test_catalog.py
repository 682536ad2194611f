"""The benchmark of the catalogue: its load, its cursors and what it reports."""

import random
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from flask import Flask

from chassis.web import pagination
from verification.bench import pages
from verification.bench.catalog import report, slow
from verification.bench.catalog.load import Load, head, run
from verification.bench.catalog.report import CORE, HELLO, Figure, medians, missed
from verification.bench.catalog.requests import CASES
from verification.bench.catalog.servers import SECRET
from verification.bench.machine import Machine

MACHINE = Machine("A Fine CPU", 2, "Linux 6.1", "3.11.7", 0.12, 1.0)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        status = 304 if self.headers.get("If-None-Match") else 200
        body = b"" if status == 304 else b"x" * 100_000
        self.send_response(status)
        if body:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Stay quiet."""


@pytest.fixture
def port():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def test_each_connection_sends_a_request_at_least(port):
    load = run(port, lambda: head("/"), 0.0, 3)
    cached = run(port, lambda: head("/", If_None_Match="*"), 0.0, 2)

    assert load.statuses == {"200": 3}
    assert cached.statuses == {"304": 2}
    assert load.rate > 0


def test_a_cursor_of_the_benchmark_serves_its_list():
    case = next(one for one in CASES if one.title == "A, middle of price")
    path = case.heads(random.Random(1), 1000)().split()[1].decode()
    app = Flask(__name__)
    app.secret_key = SECRET

    with app.test_request_context(path) as context:
        given = context.request.args
        values = pagination._read(given["cursor"], given["sort"])

    assert 300 <= values[pagination.AFTER_ID] <= 700


def figure(title, rate, products=10_000, latency=0.01):
    load = Load([latency] * rate, Counter({"200": rate}), 1.0)
    return Figure(title, products, load, rate / 1000)


def test_ratios_and_tails_that_miss_are_named():
    good = [figure(HELLO, 1000), figure(CORE, 300), figure("A", 200), figure("B", 250)]
    assert missed(medians(good)) == []

    slow = [*good[:2], figure("A", 100, latency=0.07), figure("B", 150)]
    assert missed(medians(slow)) == [
        "A is 0.10 of Flask hello; wanted 0.14.",
        "B is 0.50 of Flask + Core select; wanted 0.8.",
        "A, 10,000: p99 is 70 ms.",
    ]


def test_the_section_holds_the_medians_of_the_rounds():
    rounds = [figure("A", rate) for rate in (100, 300, 200)]
    found = medians([figure(HELLO, 1000), *rounds])
    text = report.section("--rounds 3", MACHINE, found)

    assert 'make bench-catalog ARGS="--rounds 3"' in text
    assert "| A | 10,000 | 200 | 0.20 |  | 10.0 | 10.0 | 1.00 | 0 |" in text


def test_a_larger_catalogue_may_slow_a_list_by_a_tenth_alone():
    rates = {("A", 1000): 100, ("A", 9000): 89, ("C", 1000): 100, ("C", 9000): 76}
    found = medians(figure(title, rate, size) for (title, size), rate in rates.items())

    assert missed(found) == ["A, 9,000: 0.89 of the smaller one."]


def test_requests_that_are_slow_or_fail_are_named():
    asked = [
        slow.Asked("lists", 1000, "/a", 200, (900.0, 20.0, 10.0)),
        slow.Asked("lists", 1000, "/b", 200, (400.0,)),
        slow.Asked("lists", 1000, "/c", 503, (20.0,)),
    ]

    assert report.slow(asked) == [
        "`/b`, 1,000: 200, 400 ms.",
        "`/c`, 1,000: 503, 20 ms.",
    ]


def test_each_request_that_could_be_slow_is_one_of_a_kind():
    paths = [path for _, path in slow._paths()]

    assert len(paths) > 300
    assert all(path.startswith("/products/") for path in paths)


def test_a_benchmark_replaces_its_own_section_alone(tmp_path):
    page = tmp_path / "performance.md"
    for name, text in (("a", "old\n"), ("b", "other\n"), ("a", "new\n")):
        pages.write(page, name, text)

    lines = page.read_text().splitlines()
    assert [line for line in lines if not line.startswith(("<", "#"))] == [
        "",
        "new",
        "other",
    ]
