"""The embedded SQS: moto's server, logging each message as the services log theirs."""

import io
import json
import signal
import sys
from collections.abc import Callable, Iterable
from typing import Any

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

from chassis import logging
from devtools.layout import HOST

SENT = ("SendMessage", "SendMessageBatch")
RECEIVED = "ReceiveMessage"
LOCAL = (HOST, "localhost")
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class QuietHandler(MotoRequestHandler):
    """Handle requests without an access log."""

    def log_request(self, *_: object) -> None:
        """Write no access log: the journal logs the messages."""


class NoBrowser:
    """A WSGI app that refuses web pages: moto allows every origin.

    A page of another site could otherwise read and send the shop's messages.
    """

    def __init__(self, app: Wsgi) -> None:
        self.app = app

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Forward the call of a program on this machine."""
        host = environ.get("HTTP_HOST", "").rpartition(":")[0]
        if "HTTP_ORIGIN" not in environ and host in LOCAL:
            return self.app(environ, start_response)
        start_response("403 Forbidden", [("Content-Type", "text/plain")])
        return [b"The queue is for the services on this machine only."]


class Journal:
    """A WSGI app around moto that logs which message went in and out, and its id."""

    def __init__(self, app: Wsgi) -> None:
        self.app = app
        self.log = logging.get()

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Forward the call, and log the messages in its body or answer."""
        action = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
        if action not in (*SENT, RECEIVED):
            return self.app(environ, start_response)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        call = _json(body)
        queue = str(call.get("QueueUrl", "")).rpartition("/")[2]
        # Log before moto gets the message: a waiting consumer may receive it at once.
        if action in SENT:
            for entry in call.get("Entries", [call]):
                self._line("message_queued", queue, entry.get("MessageBody", ""))
        answer = b"".join(self.app(environ, start_response))
        if action == RECEIVED:
            for message in _json(answer).get("Messages", []):
                self._line("message_delivered", queue, message.get("Body", ""))
        return [answer]

    def _line(self, event: str, queue: str, body: str) -> None:
        message = _json(body)
        self.log.info(
            event,
            queue=queue,
            type=message.get("type"),
            subject=message.get("subject"),
            correlation_id=message.get("correlationid", ""),
        )


def _json(text: str | bytes) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):  # moto answers, and the consumer decides
        return {}
    return value if isinstance(value, dict) else {}


def main(host: str, port: int) -> None:
    """Serve SQS until a signal comes."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
    logging.configure("sqs")
    app = NoBrowser(Journal(DomainDispatcherApplication(create_backend_app)))
    server = make_server(host, port, app, threaded=True, request_handler=QuietHandler)
    server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
