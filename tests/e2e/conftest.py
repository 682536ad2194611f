"""Fixtures: the shop under test, a customer and a staff member."""

import os
import secrets
import subprocess

import pytest
from e2e.terminal import Terminal, environment

from devtools import targets
from devtools.demo.client import Client
from devtools.layout import ROOT


@pytest.fixture(scope="session")
def target(tmp_path_factory):
    """Return the shop named by TARGET; without TARGET, start a local run."""
    if os.environ.get("TARGET"):
        yield targets.chosen()
        return
    terminal = Terminal(tmp_path_factory.mktemp("shop") / "var")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in terminal.own.items():
            patch.setenv(name, value)
        try:
            terminal.start()
            yield targets.chosen()
        finally:
            terminal.close()


@pytest.fixture
def make(target):
    """Return `make(*words)`, which runs a make target against the shop."""

    def run(*words):
        environ = {**environment(), "TARGET": target.name}
        return subprocess.run(
            ["make", *words], cwd=ROOT, env=environ, capture_output=True, text=True
        )

    return run


@pytest.fixture
def sign_up(target):
    """Return `sign_up()`, which registers a customer and returns a signed-in client."""

    def new():
        email = f"asha.{secrets.token_hex(8)}@shop.example"
        account = {"email": email, "password": secrets.token_urlsafe(12)}
        client = Client(target)
        body = {"name": "Asha Rao", **account}
        client.call("POST", "user-svc", "/user/register/", 201, json=body)
        return _signed_in(client, **account)

    return new


@pytest.fixture
def asha(sign_up):
    """Return a client signed in as a customer."""
    return sign_up()


@pytest.fixture
def staff(target):
    """Return a client signed in as the demo staff member."""
    found = target.accounts()
    email, password = (found[f"DEMO_STAFF_{key}"] for key in ("EMAIL", "PASSWORD"))
    return _signed_in(Client(target), email=email, password=password)


def _signed_in(client, **account):
    pair = client.call("POST", "user-svc", "/user/login/", json=account)
    client.token = pair["access_token"]
    return client
