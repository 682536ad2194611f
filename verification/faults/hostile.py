"""Hostile clients: threads that send one kind of requests, to loopback only."""

import contextlib
import socket
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from random import Random

from verification.faults.hostile_requests import (
    WHOLE_REQUESTS,
    Target,
    half_request,
)

Address = tuple[str, int]
Complain = Callable[[str], None]
CLIENTS = 2  # threads of an attack
PAUSES = (0.05, 0.3)  # seconds between two requests of a thread
HALF = 60  # connections with an unfinished request
DRIP = 0.4  # seconds between two bytes of each
TIMEOUT = 20.0
LARGEST = 64 << 10  # no answer to these requests is larger


@dataclass(frozen=True)
class Answer:
    """What a service has answered; `kind` is the media type."""

    status: int
    kind: str = ""
    size: int = 0

    @property
    def problem(self) -> str:
        """Why no service may answer this, or an empty text."""
        if self.status >= 500 and self.status != 503:
            return "an internal error"
        if self.status >= 400 and not self.kind.endswith("json"):
            return f"a refusal as {self.kind or 'nothing'}"
        return f"{self.size} bytes" if self.size > LARGEST else ""


def exchange(address: Address, data: bytes) -> Answer | None:
    """Send a request; return None if the connection ends without an answer."""
    try:
        with socket.create_connection(address, TIMEOUT) as client:
            with contextlib.suppress(OSError):  # the answer may come before the end
                client.sendall(data)
            return _read(client)
    except (OSError, HTTPException):
        return None


def _read(client: socket.socket) -> Answer:
    with contextlib.closing(HTTPResponse(client)) as found:
        found.begin()
        kind = found.headers.get_content_type()
        return Answer(found.status, kind, len(found.read()))


class Attack:
    """Clients that send requests of one kind to a service until they leave.

    `complain` receives every answer that no service may give. `sent` is the number of
    requests.
    """

    clients = CLIENTS

    def __init__(
        self, kind: str, address: Address, target: Target, seed: int, complain: Complain
    ) -> None:
        self.kind, self.address, self.target = kind, address, target
        self.complain, self.over = complain, threading.Event()
        self.sent = 0
        self.threads = [
            threading.Thread(target=self._act, args=(Random(f"{seed} {n}"),))
            for n in range(self.clients)
        ]
        for thread in self.threads:
            thread.daemon = True
            thread.start()

    def leave(self) -> None:
        """End the attack, and wait for its last answers."""
        self.over.set()
        for thread in self.threads:
            thread.join()

    def _act(self, random: Random) -> None:
        make = WHOLE_REQUESTS[self.kind]
        while not self.over.wait(random.uniform(*PAUSES)):
            data = make(random, self.target)
            self.sent += 1
            self.judge(exchange(self.address, data), data)

    def judge(self, answer: Answer | None, data: bytes) -> None:
        """Complain about an answer that no service may give."""
        if answer and answer.problem:
            first = data.partition(b"\r\n")[0].decode("latin-1")
            text = f"{self.kind} at {self.target.service}: {first}"
            self.complain(f"{text} was answered {answer.status}: {answer.problem}")


class Siege(Attack):
    """Connections that never finish their request; a closed one is replaced."""

    clients = 1

    def _act(self, random: Random) -> None:
        held: list[tuple[socket.socket, bytes]] = []
        while not self.over.wait(DRIP):
            held = [one for one in held if self._goes_on(*one)]
            held += filter(None, (self._begin(random) for _ in range(HALF - len(held))))
        for client, _ in held:
            client.close()

    def _begin(self, random: Random) -> tuple[socket.socket, bytes] | None:
        data = half_request(random, self.target)
        try:
            client = socket.create_connection(self.address, TIMEOUT)
        except OSError:
            return None
        with contextlib.suppress(OSError):
            client.sendall(data)
        client.setblocking(False)
        self.sent += 1
        return client, data

    def _goes_on(self, client: socket.socket, data: bytes) -> bool:
        """Send one byte more; read the answer of a service that has refused."""
        try:
            client.send(b"a")
            if not client.recv(1, socket.MSG_PEEK):
                raise ConnectionResetError
            client.settimeout(TIMEOUT)
            self.judge(_read(client), data)
        except BlockingIOError:
            return True
        except (OSError, HTTPException):
            pass
        client.close()
        return False


class Hostile:
    """The hostile clients of a run; `begin` and `end` are those of an action.

    `token` and `emails` belong to customers of the run. `complain` receives every
    answer that no service may give.
    """

    def __init__(self, address: Callable[[str], Address]) -> None:
        self.address = address
        self.token = ""
        self.emails: tuple[str, ...] = ("nobody@shop.example",)
        self.complain: Complain = lambda text: None
        self.attacks: dict[tuple[str, str], Attack] = {}
        self.sent: Counter[str] = Counter()

    def begin(self, kind: str, service: str, seed: int) -> None:
        """Begin an attack."""
        make = Attack if kind in WHOLE_REQUESTS else Siege
        target = Target(service, self.token, self.emails)
        begun = make(kind, self.address(service), target, seed, self.complain)
        self.attacks[kind, service] = begun

    def end(self, kind: str, service: str) -> None:
        """End an attack, and count its requests."""
        ended = self.attacks.pop((kind, service))
        ended.leave()
        self.sent[kind] += ended.sent
