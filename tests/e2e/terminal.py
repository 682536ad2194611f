"""A terminal in which `make run` runs: its own ports, its own state folder."""

import os
import signal
import subprocess
import threading
import time

import psutil

from devtools.layout import PORTS, ROOT
from devtools.local.ports import pick

READY_WITHIN = 120
# What a make that runs the tests hands down to those that the tests run.
OF_MAKE = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "ARGS")


def environment():
    """Return the environment of a terminal that no make has started."""
    return {name: text for name, text in os.environ.items() if name not in OF_MAKE}


class Terminal:
    """One such terminal; the shop of another target is none of its business."""

    def __init__(self, folder):
        self.folder = folder
        ports = {port.variable: str(pick()) for port in PORTS.values()}
        self.own = {**ports, "SHOP_VAR": str(folder), "TARGET": "local"}
        self.environ = {**environment(), **self.own}
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
