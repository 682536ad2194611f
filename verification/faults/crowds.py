"""Overload: too many clients, and clients that never finish a request."""

import contextlib
import socket
import threading

import requests

IDLE, HALF = 50, 16
THREADS = 24  # three for each thread of a server
HEAD = b"POST / HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\n"
UNFINISHED = (
    b"Content-Length: 1000\r\n\r\n{",
    b"Transfer-Encoding: chunked\r\n\r\nFF\r\n{",
)


class SlowClients:
    """Idle connections, and requests whose body never arrives."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.sockets = [socket.create_connection(address, 5) for _ in range(IDLE)]
        for number in range(HALF):
            one = socket.create_connection(address, 5)
            one.sendall(HEAD + UNFINISHED[number % 2])
            self.sockets.append(one)

    def leave(self) -> None:
        """Close the connections."""
        for one in self.sockets:
            one.close()


class Crowd:
    """Clients that sign in with wrong passwords as fast as they are answered."""

    def __init__(self, url: str) -> None:
        self.url, self.over = url, threading.Event()
        self.threads = [
            threading.Thread(target=self._press, daemon=True) for _ in range(THREADS)
        ]
        for thread in self.threads:
            thread.start()

    def leave(self) -> None:
        """Stop the clients."""
        self.over.set()
        for thread in self.threads:
            thread.join()

    def _press(self) -> None:
        body = {"email": "nobody@shop.example", "password": "not-theirs"}
        with requests.Session() as http:
            http.trust_env = False
            while not self.over.is_set():
                with contextlib.suppress(requests.RequestException):
                    http.post(f"{self.url}/user/login/", json=body, timeout=10)
