"""Headers, hosts, methods and addresses: what holds for every request."""

import re

import pytest
from tiny import create_app

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def test_every_answer_has_the_headers(client, tokens):
    for method, path in (
        ("GET", "/things/"),
        ("GET", "/things/9/"),
        ("PUT", "/things/"),
        ("POST", "/things/"),
        ("OPTIONS", "/things/"),
        ("GET", "/nothing/"),
        ("GET", "/things/fall/"),
        ("GET", "/swagger/"),
        ("GET", "/swagger.json"),
        ("GET", "/metrics/"),
        ("GET", "/healthz/"),
        ("GET", "/admin/login/"),
        ("GET", "/admin/"),
        ("GET", "/docs-assets/panel/panel.css"),
    ):
        answer = client.open(path, method=method)
        answer.close()
        headers = answer.headers
        assert EVERYWHERE.items() <= dict(headers).items(), path
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "Strict-Transport-Security" not in headers
        assert "Access-Control-Allow-Origin" not in headers


def test_json_may_load_nothing_and_pages_only_their_own(client):
    assert (
        client.get("/things/")
        .headers["Content-Security-Policy"]
        .startswith("default-src 'none'")
    )
    policy = client.get("/swagger/").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-eval" not in policy
    assert re.search(r"script-src 'self' 'nonce-[\w-]{20,}'", policy)


def test_each_page_has_a_nonce_of_its_own(client):
    pages = [client.get("/swagger/").text for _ in range(2)]
    nonces = [set(re.findall(r'nonce="([^"]+)"', page)) for page in pages]

    assert [len(found) for found in nonces] == [1, 1]
    assert nonces[0] != nonces[1]


def test_private_data_is_kept_by_nobody(client, tokens):
    body = {"name": "a", "price": "1"}
    private = client.post("/things/", json=body, headers=tokens.user())

    assert private.headers["Cache-Control"] == "no-store"
    assert client.get("/things/").headers["Cache-Control"] == "public, no-cache"
    log = client.get("/things/action-log/", headers=tokens.staff())
    assert log.headers["Cache-Control"] == "private, no-cache"
    assert client.get("/things/9/").headers["Cache-Control"] == "no-store"


def test_an_address_is_the_same_with_and_without_its_slash(client, tokens):
    body = {"name": "a", "price": "1"}
    for path in ("/things", "/things/"):
        assert client.post(path, json=body, headers=tokens.user()).status_code == 201
    for path in ("/things", "/things/1", "/healthz", "/metrics", "/swagger", "/redoc"):
        assert client.get(path).status_code == 200
        assert client.get(f"{path}/").status_code == 200
    assert client.get("/things?limit=1").headers["Link"].startswith("</things/?")


def test_options_says_what_an_address_takes(client):
    for path, methods in (
        ("/things", "GET, HEAD, OPTIONS, POST"),
        ("/things/1/", "GET, HEAD, OPTIONS, PATCH"),
        ("/healthz/", "GET, HEAD, OPTIONS"),
    ):
        answer = client.options(path)
        assert (answer.status_code, answer.headers["Allow"]) == (204, methods)
        assert answer.data == b""
    assert client.options("/nothing/").status_code == 404


def test_trace_is_not_taken(client):
    headers = {"Cookie": "secret=1", "X-Echo": "please"}

    for path in ("/things/", "/things/1/", "/healthz/", "/swagger/", "/admin/login/"):
        answer = client.open(path, method="TRACE", headers=headers)
        assert answer.status_code in (403, 405)
        assert "please" not in answer.text


def test_only_trusted_hosts_are_served(make_app):
    app = make_app(create_app, TRUSTED_HOSTS="shop.example, .internal.example")
    client = app.test_client()

    def status(host, **headers):
        answer = client.get("/things/", headers={"Host": host, **headers})
        assert "evil" not in answer.text
        return answer.status_code

    assert status("shop.example") == status("shop.example:8000") == 200
    assert status("a.internal.example") == 200
    for host in ("evil.example", "shop.example.evil.example", "", "a@shop.example"):
        assert status(host) == 400
    assert status("shop.example", **{"X-Forwarded-Host": "evil.example"}) == 200
    assert status("evil.example", **{"X-Forwarded-Host": "shop.example"}) == 400


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("shop.example", 200),
        ("tiny-svc:8000", 200),
        ("evil.example", 400),
        ("localhost", 400),
        ("127.0.0.1", 400),
    ],
)
def test_production_serves_the_host_of_its_public_url_and_its_own_name(
    make_app, host, status
):
    environ = {"APP_ENV": "production", "PUBLIC_URL": "https://shop.example/"}
    client = make_app(create_app, **environ).test_client()

    answer = client.get("/things/", headers={"Host": host})

    assert answer.status_code == status
    assert "evil" not in answer.text


@pytest.mark.parametrize("path", ["/healthz", "/readyz/", "/metrics"])
def test_probes_and_metrics_are_answered_at_any_address(client, path):
    assert client.get(path, headers={"Host": "10.1.2.3:8000"}).status_code == 200


def test_behind_tls_browsers_are_told_to_stay_there(make_app):
    app = make_app(create_app, BEHIND_TLS="true")

    answer = app.test_client().get("/admin/login/")

    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
    assert app.config["SESSION_COOKIE_SECURE"]
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-tiny-svc-admin=")
    assert {"Secure", "HttpOnly", "SameSite=Strict"} <= set(cookie.split("; "))


def test_without_a_proxy_forwarded_addresses_are_not_believed(own_app):
    @own_app.get("/who/")
    def who():
        from flask import request

        return {"address": request.remote_addr, "scheme": request.scheme}

    headers = {"X-Forwarded-For": "8.8.8.8", "X-Forwarded-Proto": "https"}
    assert own_app.test_client().get("/who/", headers=headers).json == {
        "address": "127.0.0.1",
        "scheme": "http",
    }


def test_a_file_has_no_slash(client):
    assert client.get("/swagger.json").status_code == 200
    assert client.get("/swagger.json/").status_code == 404


def test_debugging_is_off(app):
    assert not app.debug


def test_assets_may_be_kept(client):
    answer = client.get("/docs-assets/panel/panel.css")
    answer.close()

    assert "max-age=86400" in answer.headers["Cache-Control"]
