"""A whole shop of real processes that can be killed, with a proxy on every edge."""

import contextlib
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import requests

from faults import locks, settings
from faults.databases import KINDS
from faults.proxy import Proxy
from faults.waiting import wait_for
from shop import ports, processes
from shop.environment import Site
from shop.layout import HOST, PORTS, SANDBOX, SERVICES
from shop.processes import Process
from shop.supervisor import die_with_parent

APIS = SERVICES
WORKERS = tuple(f"{service}-worker" for service in SERVICES)
PROCESSES = ("sqs", SANDBOX, *APIS, *WORKERS)
CRASHED = b"crash point"


class Stack:
    """The processes of one run after the other, below one folder."""

    def __init__(self, folder: Path, database: str, seed: int = 0) -> None:
        self.folder = folder
        folder.chmod(0o755)  # PostgreSQL is another user
        os.environ["SHOP_VAR"] = str(folder)
        usual = {port.variable: str(ports.pick()) for port in PORTS.values()}
        self.site = Site({**os.environ, **usual})
        self.databases = KINDS[database](folder)
        self.clock = folder / "clock"
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.crash_at: dict[str, str] = {}
        self.proxy = self._make_proxy(seed)
        self.shift = self.mark = 0
        self.databases.prepare(self.environment)

    def _make_proxy(self, seed: int) -> Proxy:
        targets = {
            edge: (HOST, self.site.port(settings.upstream(edge)))
            for edge in settings.EDGES
        }
        proxy = Proxy(targets, seed=seed)
        proxy.start()
        return proxy

    def environment(self, name: str) -> dict[str, str]:
        """Return the environment of a service, the sandbox or the queue."""
        values = self.site.of(name) | dict(settings.TIMES.get(name, {}))
        values["CLOCK_FILE"] = str(self.clock)
        for edge, (owner, variable) in settings.CALLS.items():
            if owner == name:
                path = settings.PATHS.get(variable, "")
                values[variable] = self.proxy.address(edge) + path
        if name in SERVICES:
            values["DATABASE_URL"] = self.databases.url(name)
        if name == "payment-svc":  # a browser comes back by the address it is given
            values["PUBLIC_URL"] = self.proxy.address("client>payment-svc")
        return values

    @property
    def urls(self) -> dict[str, str]:
        """The addresses of the services' databases."""
        return {service: self.databases.url(service) for service in SERVICES}

    def ledger(self) -> dict[str, Any]:
        """Return the witness's ledger."""
        url = self.site.address(SANDBOX) + "/control/ledger/"
        with requests.Session() as http:
            http.trust_env = False
            found: dict[str, Any] = http.get(url, timeout=20).json()
        return found

    # ---- life ----
    def begin(self, seed: int) -> None:
        """Start everything on fresh databases."""
        self.end()
        self.proxy.heal()
        self.proxy.reseed(seed)
        self.databases.renew()
        for old in self.folder.glob(f"{SANDBOX}.db*"):
            old.unlink()
        self.shift = 0
        self.clock.write_text("0")
        for name in PROCESSES:
            self.start(name)
        self.wait_until_ready()

    def end(self) -> None:
        """Kill everything that runs."""
        for name in list(self.running):
            self.kill(name)

    def close(self) -> None:
        """End all, the proxy and the database server too."""
        self.end()
        self.proxy.stop()
        self.databases.close()

    def start(self, name: str) -> None:
        """Start a process, unless it runs."""
        if name in self.running:
            return
        spec = self._spec(name.removesuffix("-second"))
        environment = self.environment(spec.service)
        if point := self.crash_at.get(name):
            environment["CRASH_AT"] = point
        with self.log(name).open("ab") as log:
            self.running[name] = subprocess.Popen(
                spec.command,
                cwd=spec.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )

    def _spec(self, name: str) -> Process:
        if name == "sqs":
            return processes.queue(self.site)
        if name == SANDBOX:
            return processes.sandbox(self.site)
        if name in WORKERS:
            return processes.worker(name.removesuffix("-worker"))
        return processes.api(self.site, name)

    def log(self, name: str) -> Path:
        """Return where a process writes."""
        return self.folder / f"{name}.log"

    def kill(self, name: str) -> None:
        """Kill a process and all below it, as a power cut would."""
        self._end(name, signal.SIGKILL)

    def stop(self, name: str) -> None:
        """Ask a process to end and wait until it has."""
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

    def pause(self, name: str) -> None:
        """Stop a process in its tracks."""
        self._signal(name, signal.SIGSTOP)

    def resume(self, name: str) -> None:
        """Let a paused process go on."""
        self._signal(name, signal.SIGCONT)

    def _signal(self, name: str, what: signal.Signals) -> None:
        if name in self.running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.running[name].pid, what)

    def wait_until_ready(self) -> None:
        """Start what has ended, and wait until all that serves is ready."""
        for name in PROCESSES:
            self.start(name)
        wait_for(lambda: ports.answers(self.site.port("sqs")), "the queue listens")
        for name in (SANDBOX, *SERVICES):
            url = self.site.address(name) + "/readyz"
            wait_for(lambda url=url: _is_ready(url), f"{name} is ready")

    def ended(self) -> list[str]:
        """Return the processes that have ended though nobody ended them."""
        return [name for name, one in self.running.items() if one.poll() is not None]

    def arm(self, name: str, point: str) -> None:
        """Start a process anew so that it dies at a crash point, `name:nth`."""
        self.kill(name)
        self.mark = self.log(name).stat().st_size
        self.crash_at = {name: point}
        self.start(name)

    def disarm(self) -> None:
        """Let the next start be a usual one."""
        self.crash_at = {}

    def has_crashed(self, name: str) -> bool:
        """Say whether an armed process has come to its crash point."""
        with self.log(name).open("rb") as log:
            log.seek(self.mark)
            return CRASHED in log.read()

    # ---- what else can happen to a shop ----
    def start_second(self, name: str) -> None:
        """Run a second worker beside the first."""
        self.start(f"{name}-second")

    def stop_second(self, name: str) -> None:
        """End the second worker."""
        self.stop(f"{name}-second")

    def restart_database(self) -> None:
        """Crash the database server and start it again."""
        if self.databases.server:
            self.databases.server.crash()
            self.databases.server.start()

    def lock_database(self, service: str, seconds: float) -> None:
        """Hold the write lock of a service's database for a while, in background."""
        locks.hold(self.databases.url(service), service, seconds)

    def shift_clock(self, seconds: int) -> None:
        """Move the clock of every process."""
        self.shift += seconds
        draft = self.clock.with_suffix(".new")
        draft.write_text(str(self.shift))
        draft.replace(self.clock)

    def send(self, queue: str, body: str) -> None:
        """Put something into a queue."""
        client = self.sqs()
        url = client.get_queue_url(QueueName=queue)["QueueUrl"]
        client.send_message(QueueUrl=url, MessageBody=body)

    def set_visibility(self, queue: str, seconds: int) -> None:
        """Change for how long a received message is hidden from others."""
        client = self.sqs()
        url = client.get_queue_url(QueueName=queue)["QueueUrl"]
        wish = {"VisibilityTimeout": str(seconds)}
        client.set_queue_attributes(QueueUrl=url, Attributes=wish)

    def lose_queues(self) -> None:
        """Kill the emulator: every message in it dies."""
        self.kill("sqs")
        self.start("sqs")

    def sqs(self) -> Any:
        """Return a client that goes around the proxy."""
        import boto3
        from botocore.config import Config

        return boto3.client(
            "sqs",
            endpoint_url=self.site.address("sqs"),
            region_name="ap-south-1",
            aws_access_key_id="local",
            aws_secret_access_key="local",
            config=Config(connect_timeout=2, read_timeout=5, proxies={}),
        )


def _is_ready(url: str) -> bool:
    with requests.Session() as http:
        http.trust_env = False
        try:
            return http.get(url, timeout=5).ok
        except requests.RequestException:
            return False
