"""An edge: the connection from a caller to a callee, with its faults."""

import asyncio
import random
import socket
from collections import Counter
from collections.abc import Awaitable, Coroutine
from typing import Any

from verification.faults import http_faults, queue_faults, wire
from verification.faults.calls import BROKEN, Call, Fault
from verification.faults.wire import Message

HOST = "127.0.0.1"
HEAD_LIMIT = 1 << 18
DELIVERED_WITHIN = 5.0
REFUSE = "refuse"
Tasks = set[asyncio.Task[None]]


class Edge:
    """A port that forwards to an upstream, and the faults in between.

    A second socket keeps the port while the edge does not listen: connections are
    refused, and no other process can bind the port.
    """

    def __init__(
        self,
        name: str,
        upstream: tuple[str, int],
        counts: Counter[tuple[str, str]],
        port: int = 0,
    ) -> None:
        self.name, self.upstream, self.counts = name, upstream, counts
        self.keeper = _bind(port)
        self.port: int = self.keeper.getsockname()[1]
        self.faults: list[Fault] = []
        self.random = random.Random(name)
        self.healed = asyncio.Event()
        self.server: asyncio.Server | None = None
        self.calls: Tasks = set()
        self.late: Tasks = set()

    # ---- faults ----
    async def inject(self, fault: Fault) -> None:
        """Start a fault."""
        self.faults.append(fault)
        await self.listen()

    async def heal(self, fault: Fault | None = None) -> None:
        """End one fault, or all; delayed requests are delivered first."""
        self.faults = [f for f in self.faults if fault is not None and f != fault]
        self.healed.set()
        self.healed = asyncio.Event()
        if self.late:
            await asyncio.wait(self.late, timeout=DELIVERED_WITHIN)
        await self.listen()

    async def forget(self, seed: int) -> None:
        """Drop delayed requests, and use another seed from here on."""
        for task in list(self.late):
            task.cancel()
        self.random = random.Random(f"{seed} {self.name}")

    def count(self, what: str, number: int = 1) -> None:
        """Count an event of this edge."""
        self.counts[self.name, what] += number

    # ---- traffic ----
    async def listen(self) -> None:
        """Listen, unless connections are to be refused."""
        is_cut = any(f.kind == REFUSE and f.probability >= 1 for f in self.faults)
        if is_cut and self.server:
            self.server.close()
            self.server = None
            self.count(
                REFUSE
            )  # once: the kernel refuses, so the attempts cannot be counted
        elif not is_cut and not self.server:
            self.server = await asyncio.start_server(
                self._accept, sock=_bind(self.port), limit=HEAD_LIMIT, backlog=1024
            )

    async def close(self) -> None:
        """Abort all requests in progress and release the port."""
        if self.server:
            self.server.close()
        self.keeper.close()
        under_way = [*self.calls, *self.late]
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    def _accept(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        # A task of our own: asyncio's logs an error when it is cancelled (3.11).
        self.keep(self._serve(reader, writer), self.calls)

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            request = await wire.read_request(reader)
            await self._meet(Call(self, request, reader, writer))
        except BROKEN:  # a side has disconnected, or sent no HTTP
            writer.transport.abort()
        finally:
            writer.close()

    async def _meet(self, call: Call) -> None:
        for fault in self.faults:
            if fault.kind in queue_faults.KINDS:
                if chosen := queue_faults.choose(call, fault):
                    strike = queue_faults.KINDS[fault.kind](call, fault, chosen)
                    return await self._suffer(fault, len(chosen), strike)
            elif self.random.random() < fault.probability:
                strike = http_faults.KINDS[fault.kind](call, fault)
                return await self._suffer(fault, 1, strike)
        return await http_faults.passed(call)

    async def _suffer(self, fault: Fault, number: int, strike: Awaitable[None]) -> None:
        self.count(fault.kind, number)
        try:
            await strike
        except BROKEN:
            self.count(
                fault.kind, -number
            )  # the upstream failed: not an injected fault
            raise

    async def forward(self, request: Message) -> Message:
        """Send a request upstream and return the answer.

        Raises OSError when the upstream refuses, EOFError when it ends too early.
        """
        reader, writer = await asyncio.open_connection(*self.upstream, limit=HEAD_LIMIT)
        try:
            writer.write(request.encode())
            return await wire.read_answer(reader, request)
        finally:
            writer.close()

    def keep(self, work: Coroutine[Any, Any, None], among: Tasks) -> None:
        """Run a coroutine in the background until it ends or is cancelled."""
        task = asyncio.create_task(work)
        among.add(task)
        task.add_done_callback(among.discard)


def _bind(port: int) -> socket.socket:
    found = socket.socket()
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    found.bind((HOST, port))
    return found
