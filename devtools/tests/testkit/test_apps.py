"""A reused app starts each test like a new one."""

from decimal import Decimal

import pytest
from sqlalchemy import select, text
from tiny import Thing, create_app, db

from chassis.outcomes import Unknown
from devtools.testkit.apps import KEPT, Apps

AWAY = {"USER_SVC_URL": "http://127.0.0.1:9"}


@pytest.fixture
def apps(databases, tokens):
    made = Apps(databases, tokens)
    yield made
    made.close()


@pytest.fixture
def again(apps):
    """Return `again(use)`: the app of a second test, after one that called `use`."""

    def run(use):
        first = apps.take(create_app, AWAY)
        with first.app.app_context():
            use(first.app)
        apps.give_back(first)
        second = apps.take(create_app, AWAY)
        apps.give_back(second)
        return second.app

    return run


def add_thing(_=None):
    thing = Thing(name="lamp", price=Decimal(1))
    db.session.add(thing)
    db.session.commit()
    return thing.id


def test_its_database_is_empty_and_counts_from_one(again):
    app = again(add_thing)

    with app.app_context():
        assert db.session.scalars(select(Thing)).all() == []
        assert add_thing() == 1


def test_ids_of_rows_that_were_rolled_back_are_given_again(again):
    def fail(_):
        db.session.add(Thing(name="lamp", price=Decimal(1)))
        db.session.flush()
        db.session.rollback()

    with again(fail).app_context():
        assert add_thing() == 1


def test_a_changed_schema_is_not_seen_again(again):
    def drop_things(_):
        db.session.execute(text("DROP TABLE things"))
        db.session.commit()

    with again(drop_things).app_context():
        assert add_thing() == 1


def test_the_same_app_is_used_again_with_its_first_extensions_and_config(again):
    seen = []

    def change(app):
        seen.append((app, dict(app.config)))
        app.extensions["sqs"] = object()
        app.extensions["work"] = None
        app.config["MAX_CONTENT_LENGTH"] = 1

    app = again(change)

    assert (app, app.config) == seen[0]
    assert "sqs" not in app.extensions
    assert app.extensions["work"].loops


def test_its_clients_and_keys_have_no_history(again):
    def fail(app):
        for _ in range(5):
            with pytest.raises(Unknown):
                app.extensions["user_svc"].call("GET", "/")
        assert app.extensions["user_svc"].is_down
        assert app.extensions["keys"].get("unknown") is None

    app = again(fail)

    assert not app.extensions["user_svc"].is_down
    assert app.extensions["keys"]._keys == {}


def test_an_app_in_use_is_given_to_nobody_else(apps):
    one, other = (apps.take(create_app, AWAY) for _ in range(2))

    assert one.app is not other.app
    assert one.app.extensions["test_database"] != other.app.extensions["test_database"]
    for used in (one, other):
        apps.give_back(used)


def test_other_settings_need_another_app(apps):
    one = apps.take(create_app, AWAY)
    apps.give_back(one)
    other = apps.take(create_app, {})
    apps.give_back(other)

    assert one.app is not other.app


def test_a_test_cannot_add_a_route(apps):
    used = apps.take(create_app, AWAY)

    with pytest.raises(AssertionError, match="setup method"):
        used.app.get("/another/")(dict)

    apps.give_back(used)


def test_only_the_apps_that_were_used_last_are_kept(apps, monkeypatch):
    monkeypatch.setattr("devtools.testkit.apps.KEPT", 1)
    for settings in ({}, AWAY):
        apps.give_back(apps.take(create_app, settings))

    assert [one.settings for one in apps.free[create_app]] == [AWAY]
    assert KEPT > 1
