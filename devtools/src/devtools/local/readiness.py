"""Waits until every part of the shop answers that it is ready."""

import asyncio
import time

import requests

from devtools.layout import SANDBOX, SERVICES
from devtools.local.environment import Site
from devtools.local.ports import answers
from devtools.local.supervisor import ProcessDied

DEADLINE = 60.0
PAUSE = 0.1


async def wait_for_port(port: int) -> None:
    """Wait until a server listens."""
    while not answers(port):
        await asyncio.sleep(PAUSE)


async def wait_for_all(site: Site) -> None:
    """Wait for every `/readyz`; raise ProcessDied with the answer of one that fails."""
    names = (SANDBOX, *SERVICES)
    await asyncio.gather(*(_wait_for(site, name) for name in names))


async def _wait_for(site: Site, name: str) -> None:
    deadline = time.monotonic() + DEADLINE
    while (answer := await asyncio.to_thread(_ask, site, name)) != "ready":
        if time.monotonic() > deadline:
            raise ProcessDied(f"{name} is not ready after {DEADLINE:.0f} s: {answer}")
        await asyncio.sleep(PAUSE)


def _ask(site: Site, name: str) -> str:
    try:
        with requests.Session() as http:
            http.trust_env = False
            response = http.get(site.address(name) + "/readyz", timeout=5)
    except requests.RequestException:
        return "it does not answer"
    return "ready" if response.ok else response.text.strip()[:300]
