"""Idempotency-Key: one effect and one answer, whatever happens in between."""

import threading

import pytest
import urllib3
from flask import g
from sqlalchemy import func, select
from tiny import IdempotencyKey, Outbox, Thing, TwoSteps, db

from chassis import retention
from chassis.errors import Conflict, Problem
from chassis.web import idempotency
from devtools.testkit.plugin import serve

BODY = {"name": "a", "price": "1"}
TWO_STEPS = {"path": "/things/two-steps/", "body": {}}


@pytest.fixture
def post(client, tokens):
    """Return a function that makes a thing with a key."""
    me = tokens.user(1)

    def call(key, body=BODY, path="/things/", headers=me):
        lines = [("Idempotency-Key", k) for k in ([key] if key is not None else [])]
        return client.post(path, json=body, headers=[*headers.items(), *lines])

    return call


def count(app, table=Thing):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table))


def test_the_same_request_gets_the_same_answer_and_has_one_effect(app, post):
    first = post("k1")
    again = post("k1")

    assert first.status_code == again.status_code == 201
    assert again.data == first.data
    for name in ("ETag", "Location", "Content-Type"):
        assert again.headers[name] == first.headers[name]
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (count(app), count(app, Outbox)) == (1, 1)


def test_without_a_key_each_request_has_its_effect(app, post):
    post(None)
    post(None)

    assert (count(app), count(app, IdempotencyKey)) == (2, 0)


def test_another_body_with_the_key_is_refused(app, post):
    post("k1")
    for body in ({**BODY, "name": "b"}, {**BODY, "price": "1.0"}):
        answer = post("k1", body)
        assert (answer.status_code, answer.json["code"]) == (
            422,
            "idempotency_key_reused",
        )

    assert count(app) == 1


def test_the_key_of_another_caller_or_address_is_another_key(app, post, tokens):
    for headers in (tokens.user(1), tokens.user(2), tokens.staff(3)):
        assert post("k1", headers=headers).status_code == 201
    assert post("k1", **TWO_STEPS).status_code == 201

    assert count(app) == 4


def test_an_address_without_its_slash_is_the_same(app, post):
    post("k1")
    assert post("k1", path="/things").headers["Idempotency-Replayed"] == "true"


def test_a_key_that_is_none_is_refused(app, client, post, tokens):
    # "a,b" is how WSGI joins two headers.
    for key in (
        "",
        " ",
        "a b",
        "a,b",
        "x" * 256,
        "é",
        "ключ".encode().decode("latin1"),
    ):
        answer = post(key)
        assert (answer.status_code, answer.json["code"]) == (
            400,
            "idempotency_key_invalid",
        ), key
    two = [*tokens.user().items(), ("Idempotency-Key", "a"), ("Idempotency-Key", "b")]
    assert client.post("/things/", json=BODY, headers=two).status_code == 400

    assert count(app) == 0


def test_the_longest_key_is_taken(post):
    assert post("~" * 255).status_code == 201
    assert post("!" * 255).status_code == 201


def test_a_refusal_that_changed_nothing_is_not_kept(app, post):
    taken = post("k1", {**BODY, "name": "taken"})
    assert (taken.status_code, taken.json["code"]) == (409, "taken")
    assert post("k2", {"name": "a"}).status_code == 422
    assert post("k2", headers={}).status_code == 401

    assert count(app, IdempotencyKey) == 0
    assert post("k1").status_code == 201
    assert post("k2").status_code == 201


def together(work, times):
    start = threading.Barrier(times)
    answers = []

    def run():
        start.wait(10)
        answers.append(work())

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_twenty_at_once_have_one_effect(app, post):
    answers = together(lambda: post("k1"), 20)

    made = [answer for answer in answers if answer.status_code == 201]
    rest = [answer for answer in answers if answer.status_code != 201]
    assert count(app) == count(app, Outbox) == 1
    assert len({answer.data for answer in made}) == 1
    assert sum("Idempotency-Replayed" not in a.headers for a in made) == 1
    assert {(a.status_code, "Retry-After" in a.headers) for a in rest} <= {
        (409, True),
        (503, True),
    }


@pytest.fixture
def crashed(crashing, post):
    """Crash between the two commits of a request with the key k1."""
    assert post("k1", **TWO_STEPS).status_code == 500
    return crashing


def test_while_the_lease_lasts_the_request_is_still_running(app, post, crashed):
    crashed()
    answer = post("k1", **TWO_STEPS)

    assert (answer.status_code, answer.json["code"]) == (409, "idempotency_in_progress")
    assert answer.headers["Retry-After"]
    assert count(app) == 1


def test_after_the_lease_a_retry_resumes_what_was_made(app, post, crashed, move_clock):
    crashed()
    move_clock(61)
    answer = post("k1", **TWO_STEPS)

    assert (answer.status_code, answer.json["name"]) == (201, "second step")
    assert answer.json["id"] == 1
    assert count(app) == 1
    again = post("k1", **TWO_STEPS)
    assert (again.data, again.headers["Idempotency-Replayed"]) == (answer.data, "true")


@pytest.mark.usefixtures("crashed")
def test_a_second_crash_can_be_resumed_too(app, post, move_clock, monkeypatch):
    def fall(*_):
        raise RuntimeError("crashed before the last commit")

    move_clock(61)
    with monkeypatch.context() as broken:
        broken.setattr(idempotency, "_keep", fall)
        assert post("k1", **TWO_STEPS).status_code == 500

    answer = post("k1", **TWO_STEPS)
    assert (answer.status_code, answer.json["name"]) == (201, "second step")
    assert count(app) == 1


@pytest.mark.parametrize("status", [500, 503])
def test_a_failure_of_the_service_is_never_kept_as_the_answer(
    app, post, move_clock, monkeypatch, status
):
    failure = type("Failure", (Problem,), {"status": status})("Later.")
    monkeypatch.setattr(TwoSteps, "crashes", failure)
    failed = post("k1", **TWO_STEPS)
    monkeypatch.setattr(TwoSteps, "crashes", None)
    move_clock(61)
    answer = post("k1", **TWO_STEPS)

    assert (failed.status_code, answer.status_code) == (status, 201)
    assert "Idempotency-Replayed" not in answer.headers
    assert count(app) == 1


def test_a_refusal_after_the_first_commit_is_kept_as_the_answer(post, monkeypatch):
    monkeypatch.setattr(TwoSteps, "crashes", Conflict("No."))
    failed = post("k1", **TWO_STEPS)
    monkeypatch.setattr(TwoSteps, "crashes", None)
    again = post("k1", **TWO_STEPS)

    assert (failed.status_code, again.status_code) == (409, 409)
    assert again.headers["Idempotency-Replayed"] == "true"


def owner(app, **request):
    with app.test_request_context("/things/", method="POST", **request):
        if subject := request.get("headers", {}).get("X-Subject"):
            idempotency.of_stranger(subject)
        return idempotency._owner()["caller"]


def test_strangers_share_no_keys(app):
    one = owner(app, json=BODY)

    assert one == owner(app, json=BODY) != owner(app, json={**BODY, "name": "b"})
    asha, ravi = ({"X-Subject": f"{name}@shop.example"} for name in ("asha", "ravi"))
    assert owner(app, json=BODY, headers=asha) == owner(app, json=[], headers=asha)
    assert owner(app, json=BODY, headers=asha) != owner(app, json=BODY, headers=ravi)
    assert "asha" not in owner(app, json=BODY, headers=asha)
    assert len(owner(app, json=BODY, headers=asha)) <= 100


def test_several_that_resume_at_once_have_one_effect(app, post, crashed, move_clock):
    crashed()
    move_clock(61)
    answers = together(lambda: post("k1", **TWO_STEPS), 4)

    assert count(app) == 1
    assert {answer.status_code for answer in answers} <= {201, 409, 503}
    assert 201 in {answer.status_code for answer in answers}


def test_keys_are_forgotten_after_a_day(app, post, move_clock):
    post("k1")
    move_clock(23 * 3600)
    with app.app_context():
        assert retention.prune() == 0
    move_clock(25 * 3600)
    with app.app_context():
        assert retention.prune() == 1
    assert post("k1").status_code == 201

    assert count(app) == 2


def test_a_key_is_known_once_it_was_used(app, post):
    with app.test_request_context(
        "/things/", method="POST", headers={"Idempotency-Key": "k1"}
    ):
        g.caller = "user:1"
        assert not idempotency.is_known()
        assert not db.session().in_transaction()
    post("k1")
    for key, known in (("k1", True), ("k2", False), (None, False)):
        headers = {"Idempotency-Key": key} if key else {}
        with app.test_request_context("/things", method="POST", headers=headers):
            g.caller = "user:1"
            assert idempotency.is_known() is known
            assert not db.session().in_transaction()


def test_the_fingerprint_keeps_no_secret_of_the_body(app, post):
    post("k1")
    with app.app_context():
        row = db.session.scalar(select(IdempotencyKey))

    assert len(row.fingerprint) == 64


def test_over_real_http_a_key_holds_too(app, tokens):
    with serve(app) as address, urllib3.PoolManager() as pool:
        headers = {**tokens.user(), "Idempotency-Key": "k1"}
        made = [
            pool.request("POST", f"{address}/things/", json=BODY, headers=headers)
            for _ in range(2)
        ]

    assert [answer.status for answer in made] == [201, 201]
    assert made[0].data == made[1].data
