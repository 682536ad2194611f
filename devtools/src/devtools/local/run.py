"""`make run`: the whole shop on this machine, until Ctrl-C."""

import asyncio
import os
import signal
import time

from rich.console import Console

from devtools import terminal
from devtools.layout import SERVICES
from devtools.local import ports, prepared, processes, readiness, running, welcome
from devtools.local.environment import QUEUE_USERS, Site
from devtools.local.supervisor import ProcessDied, Supervisor
from devtools.local.target import Local

SEEDED = ("user-svc", "product-svc")


def run() -> int:
    """Run the shop; return the exit code: 0 after a stop, 1 after a failure."""
    os.umask(0o077)  # databases, mails, logs and secrets are for this user only
    console = terminal.console()
    running.refuse_second()
    site = Site()
    ports.check(site)
    if "DATABASE_URL" in site.environ:
        console.print(
            "[yellow]DATABASE_URL of the environment is left out: it would make four "
            "services share one database. Put it into <service>/.env.[/]"
        )
    try:
        return asyncio.run(_Run(site, console).to_the_end())
    finally:
        running.forget()


class _Run:
    """One run, from the first process to the last."""

    def __init__(self, site: Site, console: Console) -> None:
        self.site, self.console = site, console
        self.started = time.monotonic()

    async def to_the_end(self) -> int:
        """Start, show, wait for the end and stop everything; return the exit code."""
        self.stopping = _signals()
        running.record({})
        self.supervisor = Supervisor(self.site, self.console, running.record)
        try:
            await self._until_stopped()
        except ProcessDied as wrong:
            self.console.print(f"[bold red]✗[/] {wrong}", soft_wrap=True)
            return 1
        finally:
            self.console.print("Stopping …")
            await self.supervisor.stop()
            self.console.print("Everything is stopped.")
        return 0

    async def _until_stopped(self) -> None:
        """Return after a stop signal; raise ProcessDied when a process has died."""
        starting = asyncio.create_task(self._start())
        ends = (self.stopping, self.supervisor.failure)
        await asyncio.wait((starting, *ends), return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            starting.result()
            self._welcome()
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        starting.cancel()
        if self.supervisor.failure.done():
            raise self.supervisor.failure.result()

    async def _start(self) -> None:
        self._say("starting the queue and the Razorpay sandbox")
        if self.site.has_embedded_queue():
            await self.supervisor.start(processes.queue(self.site))
        await self.supervisor.start(processes.sandbox(self.site))
        await asyncio.gather(*(self._start_service(name) for name in SERVICES))
        self._say("waiting until all are ready")
        await readiness.wait_for_all(self.site)

    async def _start_service(self, name: str) -> None:
        if not prepared.is_current(self.site, name):
            await self._prepare(name)
        self._say(f"{name}: database ready, starting")
        await self.supervisor.start(processes.api(self.site, name))
        if name in QUEUE_USERS and self.site.has_embedded_queue():
            await readiness.wait_for_port(self.site.port("sqs"))
        await self.supervisor.start(processes.worker(name))

    async def _prepare(self, name: str) -> None:
        await self.supervisor.complete(processes.migration(name))
        if name in SEEDED:
            await self.supervisor.complete(processes.seed(name))
        prepared.remember(self.site, name)

    def _welcome(self) -> None:
        seconds = time.monotonic() - self.started
        size = f"all processes together use {running.memory() / 2**20:.0f} MiB (PSS)"
        welcome.show(self.console, Local(), seconds, size)

    def _say(self, text: str) -> None:
        seconds = time.monotonic() - self.started
        self.console.print(f"[dim]{seconds:5.1f} s[/]  {text}")


def _signals() -> asyncio.Future[None]:
    """Return a future that a stop signal completes."""
    stopping: asyncio.Future[None] = asyncio.Future()

    def stop() -> None:
        if not stopping.done():
            stopping.set_result(None)

    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(name, stop)
    return stopping
