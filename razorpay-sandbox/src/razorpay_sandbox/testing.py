"""Runs a sandbox for the tests of this package and of its clients."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from razorpay_sandbox import create_app, sandbox_of
from razorpay_sandbox.config import read_settings
from razorpay_sandbox.ledger import Ledger
from razorpay_sandbox.sandbox import Sandbox

KEYS = {
    "RAZORPAY_KEY_ID": "rzp_test_Sb0xDemoKey001",
    "RAZORPAY_KEY_SECRET": "sbx_key_secret_7Qm2VtR9xLwZ",
    "RAZORPAY_WEBHOOK_SECRET": "sbx_webhook_secret_4nHk8PzT",
}
# Apps of closed sandboxes, by the only setting that decides which routes there are.
_free_apps: defaultdict[str, list[Flask]] = defaultdict(list)


@dataclass(frozen=True)
class Served:
    """A running sandbox and its URL."""

    url: str
    app: Flask
    sandbox: Sandbox

    @property
    def key_id(self) -> str:
        """Return the API key's id."""
        return self.sandbox.settings.key_id

    @property
    def key_secret(self) -> str:
        """Return the API key's secret, which signs callbacks."""
        return self.sandbox.settings.key_secret

    @property
    def webhook_secret(self) -> str:
        """Return the secret that signs webhooks."""
        return self.sandbox.settings.webhook_secret

    def set_webhook_url(self, url: str) -> None:
        """Send the webhooks of all later events to this URL."""
        self.sandbox.webhook_url = url
        self.sandbox.wake()


@contextmanager
def serve(tmp_path: Path, webhook_url: str = "", **settings: str) -> Iterator[Served]:
    """Run a sandbox on a free port, with its ledger under `tmp_path`.

    Pass other settings by name: `serve(tmp_path, WEBHOOK_RETRY_FACTOR="0.001")`.
    """
    server: Any = make_server(
        "127.0.0.1", 0, Flask("unused"), threaded=True, request_handler=_Quiet
    )
    url = f"http://127.0.0.1:{server.port}"
    database = tmp_path / f"razorpay-sandbox-{server.port}.db"
    database.write_bytes(_empty_ledger())
    given = KEYS | {"PUBLIC_URL": url, "DATABASE_URL": f"sqlite:///{database}"}
    with _app(given | settings | {"WEBHOOK_URL": webhook_url}) as server.app:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        sandbox_of(server.app).start()
        try:
            yield Served(url, server.app, sandbox_of(server.app))
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            sandbox_of(server.app).close()


@contextmanager
def _app(settings: Mapping[str, str]) -> Iterator[Flask]:
    """Yield an app with a sandbox of its own; the same routes are made only once."""
    free = _free_apps[settings.get("SANDBOX_CONTROL", "")]
    if free:
        app = free.pop()
        app.extensions["sandbox"] = Sandbox(read_settings(settings))
    else:
        app = create_app(settings)
    yield app
    free.append(app)


@cache
def _empty_ledger() -> bytes:
    """Return the file of a ledger without rows: a copy costs less than its DDL."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "ledger.db"
        Ledger(f"sqlite:///{file}").close()
        return file.read_bytes()


class _Quiet(WSGIRequestHandler):
    # No keep-alive, so that no handler thread outlives the server.
    protocol_version = "HTTP/1.0"

    def log(self, type: str, message: str, *args: Any) -> None:
        """Write nothing, because the app logs its own requests."""
