"""The correlation id: accepted or created per request, returned on every answer."""

import threading
import uuid

import pytest
from tiny import create_app

from chassis import correlation

HEADER = "X-Correlation-ID"
GOOD = ["a", "order-17", "A.b_c:d-9", "x" * 128]
BAD = [
    "",
    "x" * 129,
    "x" * 10_000,
    "a b",
    "é",
    "a\xff",
    "😀".encode().decode("latin1"),
    "${jndi:ldap://evil}",
    "\x1b[31mred",
    "<script>",
    'a"b',
    "a,b",
    "a/b",
    "a;b",
]


def is_new(value):
    return uuid.UUID(value).version == 4


def test_a_good_id_is_returned(client):
    for value in GOOD:
        assert client.get("/things/", headers={HEADER: value}).headers[HEADER] == value


def test_any_other_id_is_replaced(client):
    for value in BAD:
        answer = client.get("/things/", headers={HEADER: value})
        assert answer.status_code == 200
        assert is_new(answer.headers[HEADER])


def test_two_ids_are_none(client):
    answer = client.get("/things/", headers=[(HEADER, "a"), (HEADER, "b")])

    assert answer.headers.getlist(HEADER) != ["a"]
    assert is_new(answer.headers[HEADER])


def test_the_id_is_on_errors_too(client):
    for method, path in (
        ("GET", "/nothing/"),
        ("PUT", "/things/"),
        ("POST", "/things/"),
        ("GET", "/things/fall/"),
        ("GET", "/things/?limit=0"),
        ("OPTIONS", "/things/"),
    ):
        answer = client.open(path, method=method, headers={HEADER: "mine"})
        assert answer.headers[HEADER] == "mine"
        if answer.status_code >= 400:
            assert answer.json["correlation_id"] == "mine"


def test_each_request_without_an_id_gets_one_of_its_own(client):
    ids = {client.get("/things/").headers[HEADER] for _ in range(5)}

    assert len(ids) == 5


def test_a_request_refused_before_flask_has_an_id_of_its_own(make_app):
    client = make_app(create_app, TRUSTED_HOSTS="shop.example").test_client()
    good = client.get("/things/", headers={"Host": "shop.example", HEADER: "first"})
    assert good.headers[HEADER] == "first"

    for path in ("/things/", "/nothing/", "/admin/"):
        answer = client.get(path, headers={"Host": "evil.example"})

        assert answer.status_code == 400
        assert answer.mimetype == "application/problem+json"
        assert answer.json["correlation_id"] == answer.headers[HEADER] != "first"
        assert "evil" not in answer.text
        own = client.get(path, headers={"Host": "evil.example", HEADER: "second"})
        assert own.headers[HEADER] == "second"


def test_work_without_a_request_gets_an_id_when_it_asks():
    found = []

    def work():
        found.extend([correlation.current(), correlation.current()])

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

    assert found[0] == found[1]
    assert is_new(found[0])


@pytest.mark.parametrize("candidate", [None, "", "a b"])
def test_use_makes_a_new_id_of_what_is_none(candidate):
    assert is_new(correlation.use(candidate))


def test_after_a_request_its_id_is_over(client):
    client.get("/things/", headers={HEADER: "mine"})

    assert correlation.current() != "mine"
