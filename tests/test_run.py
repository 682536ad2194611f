"""`make run`, `make demo` and `make stop` with real processes."""

import json
import os
import re
import signal

import pytest
from e2e.terminal import Terminal

STOPS_WITHIN = 10
pytestmark = pytest.mark.e2e


@pytest.fixture
def terminal(tmp_path):
    """Return a terminal in which the shop is running."""
    one = Terminal(tmp_path / "var")
    try:
        one.start()
        yield one
    finally:
        one.close()


def test_a_fresh_shop_sells_survives_a_restart_and_stops_cleanly(terminal):
    shown = "".join(terminal.lines)
    for page in ("/swagger/", "/redoc/", "/admin/"):
        assert shown.count(page) >= 4
    for role in ("customer", "staff", "admin"):
        assert re.search(rf"{role} .*@shop\.example", shown)

    first = terminal.make("demo")
    assert first.returncode == 0, first.stdout + first.stderr

    assert terminal.press_ctrl_c() < STOPS_WITHIN
    assert [p for p in terminal.children if p.is_running()] == []
    assert not (terminal.folder / "run.json").exists()

    terminal.start()
    second = terminal.make("demo")
    assert second.returncode == 0, second.stdout + second.stderr
    order_ids = [re.search(r"order (\d+), ₹", d.stdout)[1] for d in (first, second)]
    assert int(order_ids[1]) > int(order_ids[0]), "the data of the first run is kept"

    live = terminal.make("audit")
    assert live.returncode == 0, live.stdout + live.stderr

    stopped = terminal.make("stop")
    assert "The shop is stopped." in stopped.stdout
    terminal.process.wait(timeout=STOPS_WITHIN)
    assert [p for p in terminal.children if p.is_running()] == []
    at_rest = terminal.make("audit", "ARGS=--drained")
    assert at_rest.returncode == 0, at_rest.stdout + at_rest.stderr

    for path in (terminal.folder / "log").glob("*.jsonl"):
        for line in path.read_text().splitlines():
            json.loads(line)


def test_a_process_that_dies_stops_the_shop_and_is_named(terminal):
    pids = json.loads((terminal.folder / "run.json").read_text())

    os.kill(pids["order-svc-worker"]["pid"], signal.SIGKILL)
    terminal.process.wait(timeout=60)
    terminal.reader.join()

    assert "order-svc-worker has died (signal 9)" in "".join(terminal.lines)
    assert terminal.process.returncode != 0
    assert [p for p in terminal.children if p.is_running()] == []
