"""The client's address behind proxies, and calls that are made for the client."""

from typing import ClassVar

import pytest
from flask import request
from panel import Browser
from tiny import create_app

from chassis.http import Answer, Limited
from chassis.web import proxies

NETWORKS = {
    "203.0.113.9": "203.0.113.9",
    " 203.0.113.9": "203.0.113.9",
    "203.0.113.9:4711": "203.0.113.9",
    "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64",
    "2001:db8:1:2::7": "2001:db8:1:2::/64",
    "[2001:db8:1:2::7]:443": "2001:db8:1:2::/64",
    "2001:db8:1:3::7": "2001:db8:1:3::/64",
    "fe80::1%eth0": "fe80::/64",
    "::ffff:203.0.113.9": "203.0.113.9",
    "": "unknown",
    "unknown": "unknown",
    "1.2.3.4.5": "unknown",
    "\u0661.2.3.4": "unknown",
}


@pytest.mark.parametrize(("address", "network"), NETWORKS.items())
def test_a_client_is_an_address_or_a_network_of_ipv6(address, network):
    assert proxies.network(address) == network


class UserSvc:
    """Stands for user-svc: keeps the headers of calls; without an answer, 429."""

    pool: ClassVar = {}

    def __init__(self, answer=None):
        self.answer, self.headers = answer, []

    def call(self, method, path, *, headers, **_):
        self.headers.append(headers)
        if self.answer is None:
            raise Limited("user-svc answered 429.", 17.0)
        return self.answer


@pytest.fixture
def make(reuse_app):
    def make(answer=None, **settings):
        app = reuse_app(create_app, **settings)
        app.extensions["user_svc_sign_in"] = UserSvc(answer)
        return app

    return make


def seen(app, line, address="10.0.0.1"):
    """Return the address that an app sees behind its proxies."""
    found = []
    environ = {"REMOTE_ADDR": address, "HTTP_X_FORWARDED_FOR": line}
    with_context = app.test_client()
    with with_context:
        with_context.get("/healthz/", environ_overrides=environ)
        found.append(request.remote_addr)
    return found[0]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, "10.0.0.1"),
        ({"BEHIND_TLS": "true"}, "c"),
        ({"PROXY_COUNT": "1"}, "c"),
        ({"PROXY_COUNT": "2"}, "b"),
        ({"PROXY_COUNT": "2", "BEHIND_TLS": "true"}, "b"),
        ({"PROXY_COUNT": "4"}, "10.0.0.1"),
    ],
)
def test_only_lines_of_declared_proxies_are_believed(make, settings, expected):
    assert seen(make(**settings), "a, b, c") == expected


FORM = {"grant_type": "password", "username": "a", "password": "b"}


def sign_in(app, line="203.0.113.9, 10.0.0.7"):
    headers = {"X-Forwarded-For": line}
    return app.test_client().post("/swagger/token/", data=FORM, headers=headers)


@pytest.mark.parametrize(
    ("number", "line"),
    [("1", "10.0.0.7"), ("2", "203.0.113.9, 203.0.113.9"), ("0", None)],
)
def test_a_call_for_a_client_has_the_clients_address(make, number, line):
    app = make(Answer(200, {}), PROXY_COUNT=number)

    assert sign_in(app).status_code == 200
    [headers] = app.extensions["user_svc_sign_in"].headers
    assert headers.get("X-Forwarded-For") == line
    if line:
        assert seen(app, line) == line.partition(",")[0]


def test_a_429_of_user_svc_is_the_clients(make):
    refused = sign_in(make())

    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "17"
    assert refused.json["code"] == "rate_limited"


def test_at_the_panel_too(make):
    page = Browser(make()).sign_in()

    assert page.status_code == 429
    assert page.headers["Retry-After"] == "17"
    assert "user-svc answered 429" in page.text
