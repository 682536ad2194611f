"""Answers that are kept until the database changes."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from sqlalchemy import create_engine, insert
from tiny import Thing, db

from chassis.web import pages
from chassis.web.pages import Pages


@pytest.fixture
def clock(monkeypatch):
    """Stop the clock of the kept answers; `clock.now` sets it."""
    found = SimpleNamespace(now=1000.0)
    found.monotonic = lambda: found.now
    monkeypatch.setattr(pages, "time", found)
    return found


@pytest.fixture
def views(own_app):
    """Return how often the view of /kept/ ran, which counts the things."""
    from chassis.web.api import Blueprint

    blp, runs = Blueprint("kept", __name__), []

    @blp.route("/kept/")
    @blp.kept
    def view():
        from flask import g, request

        runs.append(db.session.query(Thing).count())
        if request.args.get("me"):
            g.caller = "me"
        status = int(request.args.get("status", "200"))
        return own_app.response_class(str(runs[-1]), status)

    pages.init_app(own_app, 0.25)
    own_app.register_blueprint(blp)
    return runs


@pytest.fixture
def get(own_app, views, clock):
    client = own_app.test_client()
    return lambda path="/kept/", **headers: client.get(path, headers=headers)


def add_elsewhere(app):
    """Add a thing as another process does."""
    with app.app_context():
        engine = create_engine(app.extensions["test_database"])
    with engine.begin() as connection:
        row = {"name": "a", "price": Decimal(1), "left": 1, "secret": ""}
        connection.execute(insert(Thing.__table__), row)
    engine.dispose()


def test_an_answer_is_kept_until_another_process_commits(own_app, get, views, clock):
    assert [get().text for _ in range(3)] == ["0"] * 3
    add_elsewhere(own_app)
    assert get().text == "0"
    clock.now += 0.25
    assert [get().text for _ in range(2)] == ["1"] * 2

    assert views == [0, 1]


def test_an_answer_is_kept_for_longer_while_nothing_changes(
    monkeypatch, get, views, clock
):
    monkeypatch.setattr(pages, "version", lambda: "same")
    for _ in range(3):
        get()
        clock.now += 60

    assert len(views) == 1


def test_a_commit_changes_the_version(own_app):
    with own_app.app_context():
        before = pages.version()
        add_elsewhere(own_app)
        assert pages.version() != before


def test_a_process_reads_its_own_writes(own_app, get):
    assert get().text == "0"
    with own_app.app_context():
        db.session.add(Thing(name="a", price=Decimal(1)))
        db.session.commit()

    assert get().text == "1"


def test_no_seconds_look_the_version_up_each_time(own_app, get):
    pages.init_app(own_app, 0)
    assert get().text == "0"
    add_elsewhere(own_app)

    assert get().text == "1"


def test_only_good_answers_that_depend_on_no_caller_are_kept(get, views):
    for path in ("/kept/?me=1", "/kept/?status=404"):
        get(path), get(path)
    assert len(views) == 4

    get("/kept/?status=200"), get("/kept/?status=200"), get("/kept/")
    assert len(views) == 6


def test_the_answers_of_a_process_are_bounded(monkeypatch, get, views):
    assert pages.MOST * pages.LARGEST <= 16 << 20  # bytes
    monkeypatch.setattr(pages, "MOST", 2)
    for number in (1, 2, 3):
        get(f"/kept/?a={number}")
    get("/kept/?a=3"), get("/kept/?a=2")
    assert len(views) == 3
    get("/kept/?a=1")
    assert len(views) == 4

    monkeypatch.setattr(pages, "LARGEST", 0)
    get("/kept/?a=4"), get("/kept/?a=4")
    assert len(views) == 6


def test_answers_of_an_old_version_are_kept_nowhere(monkeypatch, own_app, views, clock):
    """A request that began before a commit may end after it."""
    kept = Pages(0.25)
    versions = iter(["old", "new", "new"])
    monkeypatch.setattr(pages, "version", lambda: next(versions))

    def make():
        kept.expire()
        kept.current()  # another request finds the new version meanwhile
        return own_app.response_class("old rows")

    with own_app.test_request_context("/kept/"):
        kept.once(make)
        clock.now += 1
        assert not kept.current()
