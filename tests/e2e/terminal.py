"""Runs `make run` with its own ports and its own state folder."""

import os
import signal
import subprocess
import threading
import time

import psutil

from devtools.layout import PORTS, ROOT
from devtools.local.ports import pick

READY_WITHIN = 120
# Variables that make sets, which a nested make must not inherit.
OF_MAKE = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "ARGS")


def environment():
    """Return the environment without the variables of make."""
    return {name: text for name, text in os.environ.items() if name not in OF_MAKE}


class Terminal:
    """A terminal for one local shop, independent of other targets."""

    def __init__(self, folder):
        self.folder = folder
        ports = {port.variable: str(pick()) for port in PORTS.values()}
        self.own = {
            **ports,
            "SHOP_VAR": str(folder),
            "TARGET": "local",
            "RATE_LIMIT_FACTOR": "20",  # all customers have one address
        }
        self.environ = {**environment(), **self.own}
        self.lines, self.ready = [], threading.Event()

    def start(self):
        """Start the shop and wait until it reports that it is ready."""
        self.ready.clear()
        self.process = subprocess.Popen(
            ["make", "run"],
            cwd=ROOT,
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,  # so that Ctrl-C reaches only this shop
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
        self.ready.set()  # the process has ended: stop waiting

    def make(self, *words):
        """Run another make target while the shop is running."""
        return subprocess.run(
            ["make", *words], cwd=ROOT, env=self.environ, capture_output=True, text=True
        )

    def press_ctrl_c(self):
        """Send SIGINT as a terminal does; return the seconds until the shop stops."""
        started = time.monotonic()
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(timeout=60)
        self.reader.join()
        return time.monotonic() - started

    def close(self):
        """Stop the shop if it is still running."""
        if self.process.poll() is None:
            self.press_ctrl_c()
