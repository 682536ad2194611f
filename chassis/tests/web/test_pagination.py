"""Lists by page: nothing twice, nothing missing, no cursor of somebody else."""

from decimal import Decimal

import pytest
from flask import g
from sqlalchemy import select
from tiny import COLUMNS, Thing, db

from chassis.errors import Unprocessable
from chassis.web import auth
from chassis.web.pagination import paginate

PRICES = ["2", "1", "2", "3", "1"] * 4


def insert(app, *prices):
    with app.app_context():
        db.session.add_all([Thing(name="a", price=Decimal(p)) for p in prices])
        db.session.commit()


@pytest.fixture
def things(app):
    insert(app, *PRICES)


def walk(app, client, address, meanwhile=()):
    """Follow the pages to their end; rows come in between."""
    found, path = [], address
    while path:
        answer = client.get(path)
        assert answer.status_code == 200
        found += answer.json["data"]
        insert(app, *meanwhile)
        link = answer.headers.get("Link")
        assert (link is None) == (answer.json["next_cursor"] is None)
        path = link and link.removeprefix("<").removesuffix('>; rel="next"')
        assert len(found) < 200
    return found


@pytest.mark.usefixtures("things")
@pytest.mark.parametrize(
    "sort", ["id", "-id", "price", "-price", "created_at", "-created_at"]
)
def test_a_walk_over_all_pages_sees_every_row_once_and_in_order(app, client, sort):
    found = walk(app, client, f"/things/?sort={sort}&limit=3")

    assert sorted(row["id"] for row in found) == list(range(1, 21))
    name, down = sort.lstrip("-"), sort.startswith("-")
    order = [(row[name], row["id"]) for row in found]
    assert order == sorted(order, reverse=down)


@pytest.mark.usefixtures("things")
@pytest.mark.parametrize("sort", ["-id", "-price", "-created_at"])
def test_rows_that_come_in_meanwhile_move_nothing(app, client, sort):
    found = walk(app, client, f"/things/?sort={sort}&limit=3", ["1", "9"])

    ids = [row["id"] for row in found]
    assert len(ids) == len(set(ids))
    assert set(range(1, 21)) <= set(ids)


def test_an_empty_list_is_a_page(client):
    answer = client.get("/things/")

    assert answer.json == {"data": [], "next_cursor": None}
    assert "Link" not in answer.headers


@pytest.mark.usefixtures("things")
def test_the_last_full_page_has_no_next(client):
    assert client.get("/things/?limit=20").json["next_cursor"] is None
    assert client.get("/things/?limit=19").json["next_cursor"] is not None
    assert len(client.get("/things/").json["data"]) == 20


@pytest.mark.usefixtures("things")
def test_the_next_page_keeps_the_filters(client):
    link = client.get("/things/?limit=2&flag=true&ids=1&ids=2").headers["Link"]

    assert "limit=2&flag=true&ids=1&ids=2&cursor=" in link


def refused(answer, field):
    assert answer.mimetype == "application/problem+json"
    return answer.status_code == 422 and field in answer.json["errors"]


def test_a_limit_out_of_bounds_is_refused(client):
    for limit in ("0", "-1", "101", "1000000000", "1" + "0" * 20, "9" * 5000, "abc"):
        assert refused(client.get(f"/things/?limit={limit}"), "limit"), limit
    for limit in ("1e3", "1.0", "", " 5", "5%00", "%D9%A1"):
        assert refused(client.get(f"/things/?limit={limit}"), "limit"), limit


def test_what_is_not_declared_is_refused(client):
    for query, field in (
        ("sort=password_hash", "sort"),
        ("sort=id;drop table things", "sort"),
        ("sort=--id", "sort"),
        ("sort=", "sort"),
        ("sort=name", "sort"),
        ("page=2", "page"),
        ("per_page=-1", "per_page"),
        ("name=a", "name"),
        ("limit=1&limit=2", "limit"),
        ("flag=1", "flag"),
        ("ids=1,x", "ids.1"),
        ("ids=0", "ids.0"),
    ):
        assert refused(client.get(f"/things/?{query}"), field), query


@pytest.mark.usefixtures("things")
def test_a_cursor_that_was_changed_is_refused(client):
    cursor = client.get("/things/?limit=3").json["next_cursor"]
    assert client.get("/things/", query_string={"cursor": cursor}).status_code == 200

    for changed in (
        "x" + cursor,
        cursor + "x",
        cursor[:-1] + ("A" if cursor[-1] != "A" else "B"),
        cursor.swapcase(),
        cursor.split(".")[0],
        "." + cursor,
        "MTc",
        "1",
        "' OR 1=1 --",
        "\x00",
        "😀",
        "a" * 5000,
    ):
        answer = client.get("/things/", query_string={"cursor": changed})
        assert refused(answer, "cursor"), changed


@pytest.mark.usefixtures("things")
def test_a_cursor_serves_only_the_list_that_it_was_made_for(client):
    cursor = client.get("/things/?sort=price&limit=3").json["next_cursor"]

    def answer(**query):
        return client.get("/things/", query_string={"cursor": cursor, **query})

    assert answer(sort="price").status_code == 200
    assert answer(sort="price", limit="7").status_code == 200
    assert refused(answer(), "cursor")
    assert refused(answer(sort="-price"), "cursor")
    assert refused(answer(sort="price", flag="true"), "cursor")
    assert refused(answer(sort="price", ids="1"), "cursor")


@pytest.mark.usefixtures("things")
def test_a_cursor_serves_only_the_caller_that_it_was_made_for(app):
    def page(caller, path, cursor=None):
        with app.test_request_context(path):
            g.caller = caller
            query = {"sort": "id", "limit": 3, "cursor": cursor}
            return paginate(db.session, select(Thing), COLUMNS, query)

    me = auth.Caller(id=1, role="customer")
    cursor = page(me, "/things/").next_cursor

    assert page(me, "/things/", cursor).data[0].id == 4
    for caller in (
        auth.Caller(id=2, role="customer"),
        auth.Caller(client="user:1 "),
        "",
    ):
        with pytest.raises(Unprocessable):
            page(caller, "/things/", cursor)
    with pytest.raises(Unprocessable):
        page(me, "/others/", cursor)


@pytest.mark.usefixtures("things")
def test_rows_of_several_columns_are_paged_too(app):
    statement = select(Thing.id, Thing.price)
    with app.test_request_context("/things/"):
        query = {"sort": "-price", "limit": 3, "cursor": None}
        first = paginate(db.session, statement, COLUMNS, query, scalars=False)
        query["cursor"] = first.next_cursor
        second = paginate(db.session, statement, COLUMNS, query, scalars=False)

    rows = [(row.price, row.id) for row in [*first.data, *second.data]]
    assert rows == sorted(rows, reverse=True)
    assert len(set(rows)) == 6
