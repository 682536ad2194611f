"""A whole shop of real processes, as `make run` starts it, on either database."""

import contextlib
import os
import signal
import subprocess
from functools import partial
from pathlib import Path

import requests

from devtools.layout import PORTS, SANDBOX, SERVICES
from devtools.local import ports, processes
from devtools.local.environment import Site
from devtools.local.processes import Process
from devtools.local.supervisor import die_with_parent
from verification.faults.databases import Databases
from verification.faults.waiting import wait_for

APIS = SERVICES
WORKERS = tuple(f"{service}-worker" for service in SERVICES)
RATE = "1000"
PROCESSES = ("sqs", SANDBOX, *APIS, *WORKERS)


class RunningShop:
    """The processes of a shop in one folder, on free ports."""

    def __init__(self, folder: Path, databases: Databases) -> None:
        self.folder, self.databases = folder, databases
        os.environ["SHOP_VAR"] = str(folder)
        usual = {port.variable: str(ports.pick()) for port in PORTS.values()}
        self.site = Site({**os.environ, **usual})
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def environment(self, name: str) -> dict[str, str]:
        """Return the environment of a service, the sandbox or the queue."""
        values = self.site.of(name)
        if name in SERVICES:
            values["DATABASE_URL"] = self.databases.url(name)
            values["RATE_LIMIT_FACTOR"] = RATE  # all customers have one address
        return values

    @property
    def urls(self) -> dict[str, str]:
        """The addresses of the services' databases."""
        return {service: self.databases.url(service) for service in SERVICES}

    # ---- life ----
    def prepare(self) -> None:
        """Create the template databases of each start."""
        self.databases.prepare(self.environment)

    def open(self) -> None:
        """Start everything on fresh databases."""
        self.databases.renew()
        for old in self.folder.glob(f"{SANDBOX}.db*"):
            old.unlink()
        self.wait_until_ready()

    def end(self) -> None:
        """Kill everything that runs."""
        for name in list(self.running):
            self.kill(name)

    def close(self) -> None:
        """End all, the database server too."""
        self.end()
        self.databases.close()

    def start(self, name: str) -> None:
        """Start a process, unless it is running."""
        if name in self.running:
            return
        spec = self.spec(name)
        with self.log(name).open("ab") as log:
            self.running[name] = subprocess.Popen(
                spec.command,
                cwd=spec.folder,
                env=self.environment_of(name, spec),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )

    def environment_of(self, _name: str, spec: Process) -> dict[str, str]:
        """Return the environment of one process."""
        return self.environment(spec.service)

    def spec(self, name: str) -> Process:
        """Return the command of a process."""
        if name == "sqs":
            return processes.queue(self.site)
        if name == SANDBOX:
            return processes.sandbox(self.site)
        if name in WORKERS:
            return processes.worker(name.removesuffix("-worker"))
        return processes.api(self.site, name)

    def log(self, name: str) -> Path:
        """Return the log file of a process."""
        return self.folder / f"{name}.log"

    def kill(self, name: str) -> None:
        """Kill a process and its children with SIGKILL."""
        self._end(name, signal.SIGKILL)

    def stop(self, name: str) -> None:
        """Stop a process with SIGTERM and wait for its end."""
        self._end(name, signal.SIGTERM)

    def _end(self, name: str, how: signal.Signals) -> None:
        process = self.running.pop(name, None)
        if process is None:
            return
        if how == signal.SIGTERM:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=30)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)

    def wait_until_ready(self) -> None:
        """Start what has ended, and wait until all servers are ready."""
        for name in PROCESSES:
            self.start(name)
        wait_for(lambda: ports.answers(self.site.port("sqs")), "the queue listens")
        for name in (SANDBOX, *SERVICES):
            url = self.site.address(name) + "/readyz"
            wait_for(partial(is_ready, url), f"{name} is ready")

    def ended(self) -> list[str]:
        """Return the processes that have exited unexpectedly."""
        return [name for name, one in self.running.items() if one.poll() is not None]


def is_ready(url: str) -> bool:
    """Return whether a server answers that it is ready."""
    with requests.Session() as http:
        http.trust_env = False
        try:
            return http.get(url, timeout=5).ok
        except requests.RequestException:
            return False
