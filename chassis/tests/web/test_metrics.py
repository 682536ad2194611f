"""Metrics: counted by route, added up over several workers."""

import re

import urllib3
from sqlalchemy.exc import OperationalError

from chassis.web import metrics


def counted(text, **labels):
    """Return the sum of the requests that were counted with these labels."""
    found = 0
    for line in re.findall(r"^http_requests_total\{.*", text, re.M):
        if all(f'{name}="{value}"' in line for name, value in labels.items()):
            found += float(line.split("} ")[1])
    return found


def test_requests_are_counted_by_route_and_status(client, tokens):
    before = client.get("/metrics").text
    for path in ("/things/", "/things/1/", "/things/2/", "/nothing/", "/other/"):
        client.get(path)
    client.open("/things/", method="X-STRANGE")
    after = client.get("/metrics/")

    def more(**labels):
        return counted(after.text, **labels) - counted(before, **labels)

    assert after.mimetype == "text/plain"
    assert more(route="/things/", method="GET", status=200) == 1
    assert more(route="/things/<id:thing_id>/", status=404) == 2
    assert more(route="unmatched", method="OTHER", status=404) == 2
    assert more(service="tiny-svc") == 7
    assert "/nothing/" not in after.text
    assert "X-STRANGE" not in after.text
    assert "http_request_seconds_bucket" in after.text


def test_a_database_that_is_down_leaves_the_other_metrics_in_place(app, client):
    read = []

    def fail():
        raise OperationalError("select", {}, Exception("down"))

    for one in (fail, lambda: read.append(True)):
        metrics.at_scrape(app, one)

    assert client.get("/metrics/").status_code == 200
    assert read == [True]


def test_several_workers_add_up(gunicorn, tmp_path):
    with gunicorn(WEB_WORKERS="2", WEB_THREADS="1") as address:
        headers = {"Connection": "close"}
        with urllib3.PoolManager(headers=headers) as pool:
            asked = 0
            while asked < 500 and len(list(tmp_path.glob("*/counter_*.db"))) < 2:
                assert pool.request("GET", f"{address}/healthz/").status == 200
                asked += 1
            pages = [pool.request("GET", f"{address}/metrics/") for _ in range(6)]

    assert len(list(tmp_path.glob("*/counter_*.db"))) == 2
    totals = [counted(page.data.decode(), route="/healthz/") for page in pages]
    assert totals == [asked] * 6
