"""Starts, monitors and stops processes."""

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from rich.console import Console

from devtools.local.environment import Site
from devtools.local.logs import Log, cause
from devtools.local.processes import Process

PATIENCE = 6.0
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


class ProcessDied(Exception):
    """A process ended unexpectedly; the text gives the reason in one line."""


@dataclass
class Child:
    """A started process, its log, and the task that ends when it has ended."""

    process: asyncio.subprocess.Process
    log: Log
    ended: asyncio.Task[int]


class Supervisor:
    """Keeps the processes of one run; `failure` is set when one of them dies."""

    def __init__(
        self, site: Site, console: Console, on_change: Callable[[dict[str, int]], None]
    ) -> None:
        self.site, self.console, self.on_change = site, console, on_change
        self.children: dict[str, Child] = {}
        self.failure: asyncio.Future[ProcessDied] = asyncio.Future()
        self.is_stopping = False

    async def complete(self, spec: Process) -> None:
        """Run a command to its end; raise ProcessDied when it fails."""
        child = await self._spawn(spec, None)
        code = await child.ended
        self._forget(spec.name)
        if self.is_stopping:
            raise asyncio.CancelledError
        if code:
            raise _died(spec.name, code, child.log)

    async def start(self, spec: Process) -> None:
        """Start a long-running process."""
        child = await self._spawn(spec, self.console)
        child.ended.add_done_callback(lambda _: self._noticed(spec.name, child))

    async def stop(self) -> None:
        """Stop all processes: SIGTERM, wait, then SIGKILL."""
        self.is_stopping = True
        deadline = time.monotonic() + PATIENCE
        queue = {k: v for k, v in self.children.items() if k == "sqs"}
        rest = {k: v for k, v in self.children.items() if k != "sqs"}
        for wave in (rest, queue):  # workers use the queue until they end
            await _end(list(wave.values()), deadline)
        for child in self.children.values():
            child.log.close()

    def pids(self) -> dict[str, int]:
        """Return the process ids by name."""
        return {name: child.process.pid for name, child in self.children.items()}

    async def _spawn(self, spec: Process, console: Console | None) -> Child:
        if self.is_stopping:
            raise asyncio.CancelledError
        process = await asyncio.create_subprocess_exec(
            *spec.command,
            cwd=spec.folder,
            env=self.site.of(spec.service),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
        log = Log(spec.name, spec.service, console)
        child = Child(process, log, asyncio.create_task(_follow(process, log)))
        self.children[spec.name] = child
        self.on_change(self.pids())
        return child

    def _forget(self, name: str) -> None:
        self.children.pop(name).log.close()
        self.on_change(self.pids())

    def _noticed(self, name: str, child: Child) -> None:
        if not self.is_stopping and not self.failure.done():
            self.failure.set_result(_died(name, child.ended.result(), child.log))


async def _follow(process: asyncio.subprocess.Process, log: Log) -> int:
    reading = asyncio.create_task(_read(process, log))
    code = await process.wait()
    # A surviving grandchild keeps the pipe open: do not wait for it forever.
    await asyncio.wait([reading], timeout=2)
    reading.cancel()
    return code


async def _read(process: asyncio.subprocess.Process, log: Log) -> None:
    if process.stdout:
        async for line in _lines(process.stdout):
            log.line(line)


async def _lines(stream: asyncio.StreamReader) -> AsyncIterator[str]:
    """Yield whole lines of any length."""
    rest = b""
    while chunk := await stream.read(65536):
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line.decode(errors="replace")
    if rest:
        yield rest.decode(errors="replace")


async def _end(children: list[Child], deadline: float) -> None:
    for child in children:
        if child.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.process.terminate()
    ended = [child.ended for child in children]
    if ended:
        left = max(0.1, deadline - time.monotonic())
        await asyncio.wait(ended, timeout=left)
    for child in children:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.process.pid, signal.SIGKILL)
    if ended:
        await asyncio.wait(ended, timeout=1)


def _died(name: str, code: int, log: Log) -> ProcessDied:
    how = f"signal {-code}" if code < 0 else f"exit code {code}"
    return ProcessDied(
        f"{name} has died ({how}): {cause(list(log.tail))} (all of it: {log.path})"
    )


def die_with_parent() -> None:
    """Let Linux end this process when the runner is killed."""
    if sys.platform == "linux":
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
