"""ETags: 304 for what is known, 412 for what has changed."""

import pytest

from chassis.errors import PreconditionFailed
from chassis.web import etag


@pytest.fixture
def thing(client, tokens):
    body = {"name": "a", "price": "1"}
    return client.post("/things/", json=body, headers=tokens.user())


def change(client, tokens, name, *tags):
    headers = [*tokens.staff().items(), *[("If-Match", tag) for tag in tags]]
    return client.patch("/things/1/", json={"name": name}, headers=headers)


def test_making_getting_and_changing_agree_on_the_tag(client, tokens, thing):
    found = client.get("/things/1/")
    assert found.headers["ETag"] == thing.headers["ETag"]

    changed = change(client, tokens, "b")
    assert changed.headers["ETag"] != thing.headers["ETag"]
    assert client.get("/things/1/").headers["ETag"] == changed.headers["ETag"]


@pytest.mark.usefixtures("thing")
def test_a_version_that_is_known_is_not_sent_again(client):
    tag = client.get("/things/1/").headers["ETag"]

    for known in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        answer = client.get("/things/1/", headers={"If-None-Match": known})
        assert (answer.status_code, answer.data) == (304, b"")
        assert answer.headers["ETag"] == tag
        assert answer.headers["X-Correlation-ID"]
    for other in ('"x"', "", tag.strip('"')[:-1]):
        answer = client.get("/things/1/", headers={"If-None-Match": other})
        assert answer.status_code == 200


def test_the_present_version_is_changed(client, tokens, thing):
    assert change(client, tokens, "b", thing.headers["ETag"]).status_code == 200
    assert change(client, tokens, "c", "*").status_code == 200
    assert change(client, tokens, "d").json["name"] == "d"


def test_a_version_that_is_over_is_not_changed(client, tokens, thing):
    old = thing.headers["ETag"]
    change(client, tokens, "b", old)

    for tag in (old, '"x"', f"W/{client.get('/things/1/').headers['ETag']}"):
        answer = change(client, tokens, "c", tag)
        assert (answer.status_code, answer.json["code"]) == (412, "precondition_failed")
        assert answer.mimetype == "application/problem+json"
    assert client.get("/things/1/").json["name"] == "b"


@pytest.mark.parametrize(
    "condition",
    [
        '"abc',
        'abc"',
        "abc",
        "",
        " ",
        "*, *",
        "**",
        'w/"abc"',
        '"a" "b"',
        '"a", b',
        '"é"',
        '"a b"',
        f'"{"a" * 1000}"',
        '"a", ' * 300 + "!",
    ],
)
def test_a_malformed_condition_changes_nothing(client, tokens, thing, condition):
    tag = thing.headers["ETag"]

    repeated = ([tag, condition], [condition, tag]) if condition.strip() else ()
    for lines in ([condition], *repeated):
        answer = change(client, tokens, "b", *lines)
        code = answer.json["code"]
        assert (answer.status_code, code) == (400, "precondition_invalid")
    assert change(client, tokens, "b", f'"x" , ,{tag},').status_code == 200


@pytest.mark.parametrize("name", ["If-None-Match", "If-Unmodified-Since"])
def test_a_condition_that_a_change_does_not_check_is_refused(
    client, tokens, thing, name
):
    for value in ("*", thing.headers["ETag"], "Wed, 21 Oct 2015 07:28:00 GMT"):
        headers = {**tokens.staff(), name: value}
        answer = client.patch("/things/1/", json={"name": "b"}, headers=headers)
        assert (answer.status_code, answer.json["code"]) == (
            400,
            "precondition_invalid",
        )
    assert client.get("/things/1/").json["name"] == "a"


@pytest.mark.parametrize("name", ["If-Match", "If-None-Match", "If-Unmodified-Since"])
def test_a_condition_where_none_is_checked_is_refused(client, tokens, name):
    headers = {**tokens.user(), name: "*"}
    body = {"name": "a", "price": "1"}

    for path, sent in (("/things/", body), ("/things/two-steps/", None)):
        answer = client.post(path, json=sent, headers=headers)
        assert answer.status_code == 400
        assert name in answer.json["detail"]
    assert client.get("/things/").json["data"] == []


def test_what_is_not_there_has_no_version(app):
    for condition in ("*", '"x"'):
        with (
            app.test_request_context(method="PUT", headers={"If-Match": condition}),
            pytest.raises(PreconditionFailed),
        ):
            etag.check(None)
    with app.test_request_context(method="PUT"):
        etag.check(None)


def test_one_of_several_versions_will_do(client, tokens, thing):
    assert (
        change(client, tokens, "b", f'"x", {thing.headers["ETag"]}').status_code == 200
    )


def test_head_has_the_tag_and_no_body(client, thing):
    answer = client.head("/things/1/")

    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["ETag"] == thing.headers["ETag"]
