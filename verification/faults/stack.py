"""A whole shop of real processes, with a fault-injecting proxy on every edge."""

import contextlib
import os
import resource
import signal
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from devtools.layout import HOST, SANDBOX
from devtools.local import processes
from devtools.local.processes import Process
from devtools.local.supervisor import die_with_parent
from verification.faults import locks, settings
from verification.faults.catalogue import WEBHOOKS
from verification.faults.crowds import Crowd, SlowClients
from verification.faults.databases import KINDS
from verification.faults.hostile import Hostile
from verification.faults.provider import ProviderSide
from verification.faults.proxy import Proxy
from verification.faults.rows import Parameters
from verification.faults.running import RunningShop

CRASHED = b"failpoint reached"
LOST = "lose_request"
RECONCILE_WITHIN = 120.0  # seconds for the comparison with all lists of a run
BEFORE_RUN = timedelta(hours=1)  # more than a run takes, without the clock's moves
FILES = 64


class Stack(RunningShop):
    """The shop of several runs, one after the other."""

    def __init__(self, folder: Path, database: str, seed: int = 0) -> None:
        super().__init__(folder, KINDS[database](folder))
        self.clock = folder / "clock"
        self.crash_at: dict[str, str] = {}
        self.starved: set[str] = set()
        self.guests: dict[str, Crowd | SlowClients] = {}
        self.proxy = self._make_proxy(seed)
        self.provider = ProviderSide(self.site.address(SANDBOX))
        self.hostile = self._make_hostile()
        self.shift = self.mark = 0
        self.prepare()

    def _make_proxy(self, seed: int) -> Proxy:
        targets = {
            edge: (HOST, self.site.port(settings.upstream(edge)))
            for edge in settings.EDGES
        }
        proxy = Proxy(targets, seed=seed)
        proxy.start()
        return proxy

    def _make_hostile(self) -> Hostile:
        return Hostile(lambda name: (HOST, self.site.port(name)))

    def environment(self, name: str) -> dict[str, str]:
        """Route every call through the proxy, and shorten the intervals."""
        values = super().environment(name) | dict(settings.TIMES.get(name, {}))
        values["CLOCK_FILE"] = str(self.clock)
        for edge, (owner, variable) in settings.CALLS.items():
            if owner == name:
                path = settings.PATHS.get(variable, "")
                values[variable] = self.proxy.address(edge) + path
        if name == "payment-svc":  # browsers return to this address
            values["PUBLIC_URL"] = self.proxy.address("client>payment-svc")
        return values

    def spec(self, name: str) -> Process:
        """Return the command of a process; a second worker has the first one's."""
        return super().spec(name.removesuffix("-second"))

    def environment_of(self, name: str, spec: Process) -> dict[str, str]:
        """Add the failpoint of an armed process."""
        values = super().environment_of(name, spec)
        if name in self.starved:
            values["DB_POOL_SIZE"] = "1"
        if point := self.crash_at.get(name):
            values["CRASH_AT"] = point
            values |= settings.IMPATIENT.get(point.partition(":")[0], {})
        return values

    def ledger(self) -> dict[str, Any]:
        """Return the ledger of the Razorpay sandbox."""
        return self.provider.get("/control/ledger/")

    @property
    def loses_webhooks(self) -> bool:
        """Return whether every webhook is lost."""
        return any(fault.kind == LOST for fault in self.proxy.edges[WEBHOOKS].faults)

    def reconcile(self) -> int:
        """Compare what happened in the run with the provider's lists.

        Returns the exit code: 1 if a person must explain a difference.
        """
        since = f"{datetime.now(UTC) - BEFORE_RUN:%Y-%m-%dT%H:%M:%S}"
        words = ("payments", "reconcile", "--since", since)
        spec = processes.flask("payment-svc", *words)
        with self.log(spec.name).open("ab") as log:
            return subprocess.call(
                spec.command,
                cwd=spec.folder,
                env=self.environment(spec.service),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=die_with_parent,
                timeout=RECONCILE_WITHIN,
            )

    # ---- life ----
    def begin(self, seed: int) -> None:
        """Start everything on fresh databases, without faults, at the real time."""
        self.end()
        self.proxy.heal()
        self.proxy.reseed(seed)
        self.shift = 0
        self.clock.write_text("0")
        self.hostile = self._make_hostile()
        self.open()

    def close(self) -> None:
        """End all, the proxy and the database server too."""
        self.end()
        self.proxy.stop()
        super().close()

    def pause(self, name: str) -> None:
        """Pause a process with SIGSTOP."""
        self._signal(name, signal.SIGSTOP)

    def resume(self, name: str) -> None:
        """Resume a paused process."""
        self._signal(name, signal.SIGCONT)

    def _signal(self, name: str, what: signal.Signals) -> None:
        if name in self.running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.running[name].pid, what)

    def arm(self, name: str, point: str) -> None:
        """Restart a process so that it dies at a failpoint, `name:nth`."""
        self.kill(name)
        self.mark = self.log(name).stat().st_size
        self.crash_at = {name: point}
        self.start(name)

    def disarm(self) -> None:
        """Start processes without a failpoint again."""
        self.crash_at = {}

    def has_crashed(self, name: str) -> bool:
        """Return whether an armed process has reached its failpoint."""
        with self.log(name).open("rb") as log:
            log.seek(self.mark)
            return CRASHED in log.read()

    # ---- other faults ----
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

    def starve(self, name: str) -> None:
        """Restart a process with one database connection and few files."""
        self.starved.add(name)
        self.stop(name)
        self.start(name)
        files = (FILES, FILES)
        resource.prlimit(self.running[name].pid, resource.RLIMIT_NOFILE, files)

    def feed(self, name: str) -> None:
        """Restart a starved process with its usual resources."""
        self.starved.discard(name)
        self.stop(name)
        self.start(name)

    def crowd(self, name: str) -> None:
        """Send a service more clients than it can serve."""
        self.guests[name] = Crowd(self.site.address(name))

    def besiege(self, name: str) -> None:
        """Send a service clients that never finish a request."""
        self.guests[name] = SlowClients((HOST, self.site.port(name)))

    def relieve(self, name: str) -> None:
        """Disconnect these clients."""
        self.guests.pop(name).leave()

    def lock_database(self, service: str, seconds: float) -> None:
        """Hold the write lock of a service's database, in the background."""
        locks.hold(self.databases.url(service), service, seconds)

    def shift_clock(self, seconds: int) -> None:
        """Move the clock of every process."""
        self.shift += seconds
        draft = self.clock.with_suffix(".new")
        draft.write_text(str(self.shift))
        draft.replace(self.clock)

    def begin_at_provider(self, kind: str, parameters: Parameters) -> None:
        """Let the provider's side act by itself."""
        self.provider.begin(kind, parameters)

    def end_at_provider(self, kind: str, parameters: Parameters) -> None:
        """End what the provider's side has begun."""
        self.provider.end(kind, parameters)

    def attack(self, kind: str, service: str, parameters: Parameters) -> None:
        """Send a service hostile clients."""
        self.hostile.begin(kind, service, parameters["seed"])

    def end_attack(self, kind: str, service: str) -> None:
        """Disconnect the hostile clients of a kind."""
        self.hostile.end(kind, service)

    def send(self, queue: str, body: str) -> None:
        """Put a message into a queue."""
        client = self.sqs()
        url = client.get_queue_url(QueueName=queue)["QueueUrl"]
        client.send_message(QueueUrl=url, MessageBody=body)

    def set_visibility(self, queue: str, seconds: int) -> None:
        """Change for how long a received message is hidden from others."""
        client = self.sqs()
        url = client.get_queue_url(QueueName=queue)["QueueUrl"]
        attributes = {"VisibilityTimeout": str(seconds)}
        client.set_queue_attributes(QueueUrl=url, Attributes=attributes)

    def lose_queues(self) -> None:
        """Kill the queue's emulator, so that all its messages are lost."""
        self.kill("sqs")
        self.start("sqs")

    def sqs(self) -> Any:
        """Return a client that bypasses the proxy."""
        import boto3
        from botocore.config import Config

        return boto3.client(
            "sqs",
            endpoint_url=self.site.address("sqs"),
            region_name="ap-south-1",
            aws_access_key_id="local",
            aws_secret_access_key="local",  # noqa: S106
            config=Config(connect_timeout=2, read_timeout=5, proxies={}),
        )
