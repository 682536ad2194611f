"""One JSON object a line, with the ids that find it and without secrets."""

import io
import json
import logging as stdlib

import pytest

from chassis import correlation, logging


class Lines:
    """What is logged, from now on."""

    def __init__(self, level="DEBUG"):
        self.out = io.StringIO()
        logging.configure("tiny-svc", level)
        stdlib.getLogger().handlers[0].setStream(self.out)

    def __call__(self):
        return [json.loads(line) for line in self.out.getvalue().splitlines()]


@pytest.fixture
def lines():
    return Lines()


def test_lines_go_to_standard_output(capsys):
    logging.configure("tiny-svc")
    logging.get().info("here")

    assert json.loads(capsys.readouterr().out)["event"] == "here"


def test_a_line_has_its_service_level_time_and_correlation_id(lines):
    correlation.use("order-17")
    logging.get().info("order placed", order_id=17)

    (line,) = lines()
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "order placed",
        "order_id": 17,
        "level": "info",
        "service": "tiny-svc",
        "correlation_id": "order-17",
    }


def test_secrets_are_hidden(lines):
    logging.get().info(
        "signed in",
        password="hunter2",
        access_token="hunter2",
        Authorization="Bearer hunter2",
        client_secret="hunter2",
        set_cookie="hunter2",
        X_Razorpay_Signature="hunter2",
        email="a@example.com",
    )

    (line,) = lines()
    assert "hunter2" not in json.dumps(line)
    assert line["password"] == "[hidden]"
    assert line["email"] == "a@example.com"


def test_input_of_a_client_stays_on_one_line(lines):
    logging.get().info("request", path='/\n{"event": "forged"}\x1b[31m\u2028é😀')

    out = lines.out.getvalue()
    assert out.count("\n") == 1
    assert out.isascii()
    assert "\x1b" not in out


def test_libraries_write_json_too(lines):
    stdlib.getLogger("sqlalchemy.pool").warning("pool is %s", "full")

    (line,) = lines()
    assert (line["event"], line["service"]) == ("pool is full", "tiny-svc")
    assert line["correlation_id"]


def test_an_exception_is_written_with_where_it_was(lines):
    try:
        raise RuntimeError("broke")
    except RuntimeError as error:
        logging.get().error("failed", exc_info=error)

    (line,) = lines()
    assert "RuntimeError: broke" in line["exception"]
    assert "test_logging.py" in line["exception"]


def test_the_level_is_kept():
    lines = Lines("WARNING")
    logging.get().info("quiet")
    logging.get().warning("loud")

    assert [line["event"] for line in lines()] == ["loud"]


def test_each_request_is_one_line(app, client, tokens, lines):
    client.post(
        "/things/?token=hunter2",
        json={"name": "a", "price": "1"},
        headers={**tokens.user(7), "X-Correlation-ID": "order-17"},
    )
    client.get("/healthz/")
    client.get("/metrics/")

    (line,) = [line for line in lines() if line["event"] == "request"]
    assert line["ms"] >= 0
    assert len(line["trace_id"]) == 32
    found = {n: line[n] for n in ("method", "path", "status", "caller", "service")}
    assert found == {
        "method": "POST",
        "path": "/things/",
        "status": 201,
        "caller": "user:7",
        "service": "tiny-svc",
    }
    assert line["correlation_id"] == "order-17"
    assert "hunter2" not in json.dumps(line)


def test_a_token_is_in_no_line(app, client, tokens, lines):
    token = tokens.user()["Authorization"].split()[1]
    for path, more in (("/things/", {}), ("/things/fall/", {}), ("/x/", {"x": "y"})):
        client.post(path, json={}, headers={**tokens.user(), **more})
        client.get(path, headers={"Authorization": f"Bearer {token}"})

    assert token not in json.dumps(lines())
