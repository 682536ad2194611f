"""The ledger of the Razorpay sandbox: fetched over HTTP, or read from its file."""

import sqlite3
import tempfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import requests
from sqlalchemy.engine import make_url

from razorpay_sandbox import create_app, sandbox_of

PATH = "/control/ledger/"
Ledger = dict[str, Any]


class NoLedger(Exception):
    """No ledger was found; the text names the place."""


def fetch(address: str) -> Ledger:
    """Return the ledger of the sandbox that runs at an http address."""
    with requests.Session() as http:
        http.trust_env = False  # loopback needs no proxy
        answer = http.get(address.rstrip("/") + PATH, timeout=30)
    if not answer.ok:
        raise NoLedger(f"{answer.url} answers {answer.status_code}")
    return cast("Ledger", answer.json())


def read(settings: Mapping[str, str]) -> Ledger:
    """Return the ledger of a stopped sandbox, by its settings.

    The sandbox's code reads a copy of the file in this process, because it would expire
    the links that were open when it stopped.
    """
    path = Path(make_url(settings["DATABASE_URL"]).database or "")
    if not path.is_file():
        raise NoLedger(f"the file {path} does not exist")
    with tempfile.TemporaryDirectory(prefix="shop-audit-") as folder:
        copy = Path(folder) / "ledger.db"
        _copy(path, copy)
        quiet = {"DATABASE_URL": f"sqlite:///{copy}", "SANDBOX_CONTROL": "on"}
        app = create_app({**settings, **quiet, "WEBHOOK_URL": ""})
        try:
            return cast("Ledger", app.test_client().get(PATH).get_json())
        finally:
            sandbox_of(app).close()


def _copy(source: Path, target: Path) -> None:
    """Copy a database together with its write-ahead log."""
    address = f"file:{source}?mode=ro"
    with (
        closing(sqlite3.connect(address, uri=True)) as old,
        closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new)
