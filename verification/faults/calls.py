"""One request that passes the proxy, and the faults that may affect it."""

import asyncio
import contextlib
import random
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from verification.faults.wire import Message

BROKEN = (OSError, EOFError, ValueError, IndexError, asyncio.LimitOverrunError)


@dataclass(frozen=True)
class Fault:
    """What happens to some of the requests of an edge.

    `probability` is per request, or per message for the faults of messages. Pauses
    are drawn from a tenth of `seconds` to all of them. `copies` is how often a
    duplicated request or message arrives at most, the first included.
    """

    kind: str
    probability: float = 1.0
    seconds: float = 1.0
    copies: int = 2


class Route(Protocol):
    """What a call uses of the edge that it passes."""

    random: random.Random
    healed: asyncio.Event
    late: set[asyncio.Task[None]]

    async def forward(self, request: Message) -> Message:
        """Send a request upstream and return the answer."""

    def keep(
        self, work: Coroutine[Any, Any, None], among: set[asyncio.Task[None]]
    ) -> None:
        """Run a coroutine in the background."""

    def count(self, what: str) -> None:
        """Count an event of this edge."""


class Call:
    """One request on its way through an edge."""

    def __init__(
        self,
        edge: Route,
        request: Message,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self.edge, self.request = edge, request
        self.reader, self.writer = reader, writer
        self.healed = edge.healed

    @property
    def random(self) -> random.Random:
        """The random numbers of the edge."""
        return self.edge.random

    async def forward(self, request: Message | None = None) -> Message:
        """Forward the request upstream, and return the answer."""
        return await self.edge.forward(request or self.request)

    async def reply(self, answer: bytes) -> None:
        """Send the answer to the client, unless it has disconnected."""
        with contextlib.suppress(OSError):
            self.writer.write(answer)
            await self.writer.drain()

    async def pause(self, seconds: float) -> None:
        """Wait for some seconds, or until the edge is healed."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.healed.wait(), seconds)

    async def until_left(self) -> None:
        """Wait until the client disconnects or the edge is healed."""
        waits = {
            asyncio.ensure_future(self.reader.read()),
            asyncio.ensure_future(self.healed.wait()),
        }
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    def later(self, request: Message, fault: Fault) -> None:
        """Forward a request after a pause, even if the client has disconnected."""
        self.edge.keep(self._deliver(request, self.draw(fault)), self.edge.late)

    async def _deliver(self, request: Message, seconds: float) -> None:
        await self.pause(seconds)
        with contextlib.suppress(*BROKEN):  # the request is lost
            await self.forward(request)

    def draw(self, fault: Fault) -> float:
        """Return the seconds of a pause."""
        return fault.seconds * self.random.uniform(0.1, 1.0)

    def count(self, what: str) -> None:
        """Count an event of the edge."""
        self.edge.count(what)
