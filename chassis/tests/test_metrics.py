"""Metrics: counted by route, added up over several workers."""

import json
import os
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import urllib3

from shop.testing import SECRET


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


@contextmanager
def gunicorn(folder, **environ):
    """Run gunicorn on a free port; yield its address."""
    (folder / "served.py").write_text(
        "import os\nfrom tiny import create_app\napp = create_app(os.environ)\n"
    )
    paths = [str(folder), str(Path(__file__).parent)]
    arguments = ["--config", "python:chassis.gunicorn", "--bind", "127.0.0.1:0"]
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *arguments, "served:app"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), **environ},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield listening(process)
    finally:
        process.terminate()
        process.communicate(timeout=30)


def listening(process):
    for line in process.stdout:
        event = json.loads(line)["event"]  # gunicorn's own lines are JSON too
        if found := re.search(r"Listening at: (http://\S+)", event):
            return found[1]
    raise AssertionError("gunicorn did not start")


def test_several_workers_add_up(app, tmp_path):
    environ = {
        "APP_ENV": "test",
        "SECRET_KEY": SECRET,
        "PUBLIC_URL": "http://127.0.0.1",
        "DATABASE_URL": app.extensions["test_database"],
        "WEB_WORKERS": "2",
        "WEB_THREADS": "1",
        "TMPDIR": str(tmp_path),
    }
    environ = {**environ, "SERVICE_NAME": "tiny-svc", "LOG_LEVEL": "WARNING"}
    with gunicorn(tmp_path, **environ) as address:
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
