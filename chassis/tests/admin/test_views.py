"""A table's pages: forms, lists, exports, escaping."""

import csv
import io
import re
from datetime import UTC, datetime

import pytest
from panel import rows
from sqlalchemy import select
from tiny import AdminSession, Thing, ThingView, db

from chassis.admin import ADDRESSES, CHASSIS_TABLES


@pytest.fixture
def changes(thing):
    """Return every form that changes something: where it stands, and its fields."""
    row = {"id": str(thing), "url": "/admin/thing/"}
    return [
        ("thing/new/", {"name": "new", "price": "1"}),
        (f"thing/edit/?id={thing}", {"name": "changed", "price": "1"}),
        ("thing/delete/", row),
        ("thing/action/", {"action": "empty", "rowid": str(thing), **row}),
        ("thing/action/", {"action": "delete", "rowid": str(thing), **row}),
        ("thing/ajax/update/", {"list_form_pk": str(thing), "name": "changed"}),
    ]


def stored(app, thing):
    with app.app_context():
        return db.session.get(Thing, thing)


SCRIPT = '"><script>alert(1)</script>'


HANDLER = re.compile(r"""\son\w+\s*=\s*["']|javascript:""", re.IGNORECASE)


FORMULAS = ("=", "+", "-", "@", "\t", "\r")


@pytest.fixture
def pages(thing):
    """Return an address of each kind of page."""
    return [
        "",
        "thing/",
        f"thing/details/?id={thing}",
        f"thing/edit/?id={thing}",
        "thing/new/",
        "thing/?search=lamp&flt1_id_equals=1",
        "outbox/",
        "admin_sessions/",
        "login/",
    ]


def test_an_amount_that_is_none_is_refused(app, staff, thing, subtests):
    page = f"thing/edit/?id={thing}"

    for price in ("1.005", "abc", "NaN", "1e999999", "", " ", "١٢"):
        with subtests.test(price=price):
            answer = staff.post(page, page=page, name="lamp", price=price, follow=True)
            assert answer.status_code == 200
            assert str(stored(app, thing).price) == "499.00"


def test_a_form_sets_only_the_columns_that_it_names(app, staff, thing):
    page = f"thing/edit/?id={thing}"

    staff.post(page, page=page, name="lantern", price="1", left="99", secret="x")

    row = stored(app, thing)
    assert (row.name, row.left, row.secret) == ("lantern", 5, "hush")


def test_what_only_admins_may_change_staff_may_not(
    app, staff, changes, thing, monkeypatch
):
    monkeypatch.setattr(ThingView, "writers", ("admin",))
    with app.app_context():
        before = rows(db)

    for path, form in changes:
        answer = staff.post(path, page="login/", follow=True, **form)
        assert answer.status_code < 500, path

    with app.app_context():
        assert rows(db) == before


def test_admins_may_change_what_staff_may(app, user_svc, browser, thing):
    user_svc.role = "admin"
    browser.sign_in()
    page = f"thing/edit/?id={thing}"

    browser.post(page, page=page, name="lantern", price="1")

    assert stored(app, thing).name == "lantern"


def test_the_chassis_tables_can_only_be_read(app, staff, subtests):
    with app.app_context():
        key = db.session.scalar(select(AdminSession.id))
        before = rows(db)

    for view in (ADDRESSES.get(name, name) for name in CHASSIS_TABLES):
        with subtests.test(view):
            assert staff.get(f"{view}/").status_code == 200
            for path in ("new/", f"edit/?id={key}", "delete/"):
                staff.post(f"{view}/{path}", id=key)
            staff.post(f"{view}/action/", action="delete", rowid=key)

    with app.app_context():
        assert rows(db) == before


def test_every_script_has_this_answers_nonce_and_nothing_runs_inline(staff, pages):
    for page in pages:
        answer = staff.get(page)
        nonce = re.search(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])
        scripts = re.findall(r"<script\b[^>]*>", answer.text)
        kinds = [s for s in scripts if "application/json" not in s]

        assert answer.status_code == 200, page
        assert all(f'nonce="{nonce[1]}"' in script for script in kinds), page
        assert not HANDLER.search(answer.text.replace('"javascript:void(0)"', "")), page


def test_no_page_asks_another_host(staff, pages):
    for page in pages:
        found = re.findall(
            r"""(?:src|href|action)=["'](https?:)?//""", staff.get(page).text
        )
        assert not found, page


def test_stored_markup_is_shown_as_text_everywhere(staff, add, user_svc):
    thing = add(SCRIPT)

    for page in ("thing/", f"thing/details/?id={thing}", f"thing/edit/?id={thing}"):
        text = staff.get(page).text
        assert "<script>alert" not in text, page
        assert "&lt;script&gt;alert" in text or "&#34;&gt;" in text, page
    staff.post("thing/delete/", page="thing/", id=str(thing))
    assert "<script>alert" not in staff.get("action_log/details/?id=1").text


def test_a_hidden_column_is_nowhere(staff, add):
    add(secret="s3cr3t")

    for page in ("thing/", "thing/details/?id=1", "thing/export/csv/", "thing/new/"):
        text = staff.get(page).text
        assert "s3cr3t" not in text, page
        assert "ecret" not in text, page


def test_a_hidden_column_cannot_be_searched_for(staff, add):
    add("lamp", secret="s3cr3t")

    assert "lamp" in staff.get("thing/", search="lamp").text
    assert "lamp" not in staff.get("thing/", search="s3cr3t").text


def test_the_tokens_of_signed_in_staff_are_nowhere(app, staff):
    with app.app_context():
        key = db.session.scalars(db.select(db.metadata.tables["admin_sessions"].c.id))
        page = f"admin_sessions/details/?id={key.one()}"

    for place in ("admin_sessions/", page, "admin_sessions/export/csv/"):
        assert "access-1" not in staff.get(place).text
        assert "refresh-1" not in staff.get(place).text


def test_an_export_holds_no_formula(staff, add):
    for first in FORMULAS:
        add(f"{first}cmd|'/c calc'!A1")

    answer = staff.get("thing/export/csv/")

    rows = csv.DictReader(io.StringIO(answer.text, newline=""))
    assert answer.mimetype == "text/csv"
    assert {row["Name"][:2] for row in rows} == {f"'{first}" for first in FORMULAS}


def test_amounts_and_moments_are_shown_in_full(staff, add):
    add(price="1234.50", created_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))

    text = staff.get("thing/").text

    assert "1234.50" in text
    assert "2026-01-02 03:04:05 UTC" in text


def test_the_newest_row_comes_first(staff, add):
    add("first made"), add("made later")

    text = staff.get("thing/").text

    assert text.index("made later") < text.index("first made")


def test_a_senseless_key_breaks_nothing(staff, thing, subtests):
    for key in ("", "abc", "0", "-1", "1" + "0" * 30, "\x00", "1,2"):
        for page in ("details", "edit"):
            with subtests.test(page, key=key):
                answer = staff.get(f"thing/{page}/", id=key)
                assert answer.status_code in (302, 404, 422)
                assert staff.is_in()


def test_a_page_holds_fifty_rows(app, staff):
    with app.app_context():
        db.session.add_all(Thing(name=f"thing-{n}", price=1) for n in range(60))
        db.session.commit()

    shown = set(re.findall(r"thing-\d+", staff.get("thing/", page_size="1000").text))

    assert len(shown) == 50


@pytest.mark.parametrize(
    "key", ["a", "1,2", "-1", "9" * 25, "1_0", "\u0665", "", "1.5"]
)
def test_what_can_be_no_key_is_no_row(staff, thing, caplog, key):
    answer = staff.get("thing/details/", id=key)

    assert answer.status_code == 302
    assert "refused by the database" not in caplog.text
