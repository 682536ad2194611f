"""The fault-injecting proxy: a listener on every edge of the shop, in its own thread.

    proxy = Proxy({"order-svc>product-svc": ("127.0.0.1", 8001)}, seed=17)
    proxy.start()
    proxy.inject("order-svc>product-svc", Fault("lose_answer", probability=0.3))
    proxy.heal()

Faults are drawn from random numbers of each edge, so the same seed gives the same
faults in the order in which requests arrive.
"""

import asyncio
import threading
from collections import Counter
from collections.abc import Coroutine, Mapping
from typing import Any

from verification.faults import http_faults, queue_faults
from verification.faults.calls import Fault
from verification.faults.edges import HOST, Edge

KINDS = (*http_faults.KINDS, *queue_faults.KINDS)
PATIENCE = 30.0


class Proxy:
    """The edges of a shop; `counts[edge, kind]` is how often each fault happened."""

    def __init__(
        self,
        upstreams: Mapping[str, tuple[str, int]],
        seed: int = 0,
        ports: Mapping[str, int] | None = None,
    ) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()
        self.edges = {
            name: Edge(name, upstream, self.counts, (ports or {}).get(name, 0))
            for name, upstream in upstreams.items()
        }
        self._seed = seed
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)

    def address(self, edge: str) -> str:
        """Return the address of an edge: `http://127.0.0.1:port`."""
        return f"http://{HOST}:{self.edges[edge].port}"

    def start(self) -> None:
        """Listen on every edge."""
        self._thread.start()
        self._started.wait()
        self.reseed(self._seed)

    def stop(self) -> None:
        """Close every edge and every connection."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopped.set)
            self._thread.join(PATIENCE)

    def reseed(self, seed: int) -> None:
        """Start again: reset the counts, drop delayed requests, use this seed."""
        for edge in self.edges.values():
            self._do(edge.forget(seed))
        self.counts.clear()

    def inject(self, edge: str, fault: Fault) -> None:
        """Start a fault on an edge; older faults are drawn first."""
        if fault.kind not in KINDS:
            raise ValueError(f"{fault.kind} is none of {', '.join(KINDS)}.")
        self._do(self.edges[edge].inject(fault))

    def heal(self, edge: str | None = None, fault: Fault | None = None) -> None:
        """End one fault of an edge, all of an edge, or all.

        Waiting requests continue. Delayed requests are delivered first, within 5 s.
        """
        for name in [edge] if edge else self.edges:
            self._do(self.edges[name].heal(fault))

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    def _run(self) -> None:
        asyncio.run(self._live())

    async def _live(self) -> None:
        self._loop, self._stopped = asyncio.get_running_loop(), asyncio.Event()
        for edge in self.edges.values():
            await edge.listen()
        self._started.set()
        await self._stopped.wait()
        for edge in self.edges.values():
            await edge.close()


__all__ = ["KINDS", "Fault", "Proxy"]
