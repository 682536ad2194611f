import json

import pytest
import requests
from schemathesis.core.failures import Failure

from devtools.testkit.plugin import serve
from verification.fuzz import repeating
from verification.fuzz.repeating import KEY, with_cursor


def app(answers):
    """Return a server that gives one answer after the other."""

    def serve_next(environ, start_response):
        status, headers, body = answers.pop(0)
        start_response(f"{status} Fine", list(headers.items()))
        return [json.dumps(body).encode()]

    return serve_next


def first_answer(answers, method="POST", **headers):
    with serve(app(answers)) as url, requests.Session() as http:
        http.trust_env = False
        first = http.request(method, f"{url}/?limit=1", headers=headers)
        check = repeating.continues if method == "GET" else repeating.answers_again
        check(first)


def answer(body, status=200, **headers):
    return status, headers, body


REPLAYED = {"Idempotency-Replayed": "true"}


def test_a_repeated_key_with_the_first_answer_is_good():
    answers = [answer({"id": 1}, 201), answer({"id": 1}, 201, **REPLAYED)]

    first_answer(answers, **{KEY: "a"})

    assert not answers


@pytest.mark.parametrize(
    "second",
    [
        answer({"id": 2}, 201, **REPLAYED),
        answer({"id": 1}, 200, **REPLAYED),
        answer({"id": 1}, 201),
    ],
)
def test_another_answer_to_a_repeated_key_is_a_failure(second):
    with pytest.raises(Failure):
        first_answer([answer({"id": 1}, 201), second], **{KEY: "a"})


def test_a_refusal_and_a_request_without_a_key_are_not_repeated():
    for status, headers in ((409, {KEY: "a"}), (200, {})):
        answers = [answer({}, status), answer({})]

        first_answer(answers, **headers)

        assert len(answers) == 1


def page(*ids, cursor="next"):
    return {"data": [{"id": one} for one in ids], "next_cursor": cursor}


def test_a_cursor_leads_to_other_rows():
    answers = [answer(page(1)), answer(page(2, cursor=None))]

    first_answer(answers, "GET")

    assert not answers


@pytest.mark.parametrize("second", [answer(page(1)), answer({}, 422), answer([])])
def test_a_row_twice_and_a_refused_cursor_are_failures(second):
    with pytest.raises(Failure):
        first_answer([answer(page(1)), second], "GET")


def test_the_last_page_and_what_is_no_list_have_no_next_one():
    for body in (page(1, cursor=None), [], {}):
        answers = [answer(body), answer({})]

        first_answer(answers, "GET")

        assert len(answers) == 1


def test_a_cursor_replaces_another_in_the_address():
    url = with_cursor("http://a/b/?x=1&cursor=old&y=", "new")

    assert url == "http://a/b/?x=1&y=&cursor=new"
