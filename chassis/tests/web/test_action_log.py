"""Staff search the action log; nobody changes it."""

import pytest
from tiny import ActionLog, db

from chassis import clock, json
from chassis.web import action_log

PATH = "/things/action-log/"


@pytest.fixture
def entries(app):
    rows = [
        ("user:1", "PATCH /things/{thing_id}/", "Thing", "1", "c-1"),
        ("erp", "PATCH /things/{thing_id}/", "Thing", "2", "c-2"),
        ("user:1", "retire", "Other", "1", "c-3"),
    ]
    with app.app_context():
        for values in rows:
            given = dict(zip(action_log.EXACT, values, strict=True))
            db.session.add(ActionLog(**given, after={"left": 1}))
            db.session.flush()
        db.session.commit()


def ids(client, tokens, **query):
    answer = client.get(PATH, headers=tokens.staff(), query_string=query)
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json["data"]]


@pytest.mark.usefixtures("entries")
def test_staff_see_the_log_newest_first(client, tokens):
    answer = client.get(PATH, headers=tokens.staff(), query_string={"limit": 2})

    first = answer.json["data"][0]
    assert [row["id"] for row in answer.json["data"]] == [3, 2]
    assert (first["actor"], first["action"], first["before"]) == (
        "user:1",
        "retire",
        None,
    )
    assert (first["after"], first["correlation_id"]) == ({"left": 1}, "c-3")
    assert ids(client, tokens, limit=2, cursor=answer.json["next_cursor"]) == [1]


@pytest.mark.usefixtures("entries")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"actor": "erp"}, [2]),
        ({"actor": "user:1", "model": "Thing"}, [1]),
        ({"model": "Thing", "object_id": "2"}, [2]),
        ({"action": "retire"}, [3]),
        ({"correlation_id": "c-1"}, [1]),
        ({"actor": "user:%"}, []),
    ],
)
def test_each_filter_matches_exactly(client, tokens, query, found):
    assert ids(client, tokens, **query) == found


@pytest.mark.usefixtures("entries")
def test_a_period_is_searched(client, tokens):
    now = json.timestamp(clock.now())

    assert ids(client, tokens, created_to=now) == [3, 2, 1]
    assert ids(client, tokens, created_from="2999-01-01T00:00:00Z") == []


def test_customers_services_and_strangers_do_not_see_it(client, tokens):
    service = tokens.service("erp", "tiny-svc", "things:write")
    statuses = [
        client.get(PATH, headers=who).status_code
        for who in (None, tokens.user(), service)
    ]

    assert statuses == [401, 403, 403]


@pytest.mark.usefixtures("entries")
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nobody_changes_it_by_api(client, tokens, method):
    answer = client.open(PATH, method=method, headers=tokens.admin(), json={})

    assert answer.status_code == 405
