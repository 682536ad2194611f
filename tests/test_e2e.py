"""A fresh shop, all real processes: `make run`, `make demo`, an end without rest."""

import json
import os
import re
import signal
import subprocess
import threading
import time
from pathlib import Path

import psutil
import pytest

from shop.layout import PORTS
from shop.ports import pick

ROOT = Path(__file__).resolve().parents[1]
READY_WITHIN = 120
STOPS_WITHIN = 10
pytestmark = pytest.mark.e2e


class Terminal:
    """A terminal in which `make run` runs: its own ports, its own state folder."""

    def __init__(self, folder):
        self.folder = folder
        ports = {port.variable: str(pick()) for port in PORTS.values()}
        self.environ = {**os.environ, **ports, "SHOP_VAR": str(folder)}
        self.lines, self.ready = [], threading.Event()

    def start(self):
        """Start the shop and wait until it says that it is ready."""
        self.ready.clear()
        self.process = subprocess.Popen(
            ["make", "run"],
            cwd=ROOT,
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,  # its own terminal, as far as Ctrl-C goes
        )
        self.reader = threading.Thread(target=self._read)
        self.reader.start()
        assert self.ready.wait(READY_WITHIN), "".join(self.lines)
        assert self.process.poll() is None, "".join(self.lines)
        self.children = psutil.Process(self.process.pid).children(recursive=True)

    def _read(self):
        with self.process.stdout as output:
            for line in output:
                self.lines.append(line)
                if "The shop is ready" in line:
                    self.ready.set()
        self.ready.set()  # it has ended, there is nothing more to wait for

    def make(self, *words):
        """Run another make command beside the shop."""
        return subprocess.run(
            ["make", *words], cwd=ROOT, env=self.environ, capture_output=True, text=True
        )

    def press_ctrl_c(self):
        """Interrupt the shop as a terminal does; return the seconds until its end."""
        started = time.monotonic()
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(timeout=60)
        self.reader.join()
        return time.monotonic() - started

    def close(self):
        """Leave nothing behind, whatever failed before."""
        if self.process.poll() is None:
            self.press_ctrl_c()


@pytest.fixture
def terminal(tmp_path):
    """Return a terminal in which the shop is ready."""
    one = Terminal(tmp_path / "var")
    try:
        one.start()
        yield one
    finally:
        one.close()


def test_a_fresh_shop_sells_survives_a_restart_and_ends_without_rest(terminal):
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
    assert int(order_ids[1]) > int(order_ids[0]), "the first run's data are kept"

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


def test_a_process_that_dies_ends_the_shop_with_its_name(terminal):
    pids = json.loads((terminal.folder / "run.json").read_text())

    os.kill(pids["order-svc-worker"]["pid"], signal.SIGKILL)
    terminal.process.wait(timeout=60)
    terminal.reader.join()

    assert "order-svc-worker has died (signal 9)" in "".join(terminal.lines)
    assert terminal.process.returncode != 0
    assert [p for p in terminal.children if p.is_running()] == []
