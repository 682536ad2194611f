"""What the panel shows: all that staff may see, safely."""

import csv
import io
import re
from datetime import UTC, datetime

import pytest
from tiny import Dependency, Thing, db

from chassis.admin import index

SCRIPT = '"><script>alert(1)</script>'
ELSEWHERE = re.compile(r"""(?:src|href|action)=["'](?:https?:)?//""")
HANDLER = re.compile(r"""\son\w+\s*=\s*["']|javascript:""", re.IGNORECASE)

FORMULAS = ("=", "+", "-", "@", "\t", "\r")
FILTERS = [
    ("price_greater_than", "10", ["dear"]),
    ("price_smaller_than", "10.00", ["cheap"]),
    ("price_equals", "499.00", ["dear"]),
    ("created_at_greater_than", "2026-06-01 00:00:00", ["dear"]),
    ("created_at_smaller_than", "2026-06-01 00:00:00", ["cheap"]),
    ("name_contains", "ea", ["dear", "cheap"]),
    ("left_equals", "5", ["dear", "cheap"]),
]
SENSELESS = [
    {"page": "-1"},
    {"page": "abc"},
    {"page": "1" + "0" * 20},
    {"page_size": "1000000000"},
    {"page_size": "-1"},
    {"sort": "99"},
    {"sort": "-1"},
    {"sort": "x;drop"},
    {"search": "\x00"},
    {"search": "%' OR 1=1 --"},
    {"search": "x" * 5000},
    {"flt1_price_greater_than": "much"},
    {"flt1_price_greater_than": "NaN"},
    {"flt1_created_at_greater_than": "yesterday"},
    {"flt1_id_equals": "1" + "0" * 30},
    {"flt1_nothing_equals": "1"},
]


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


def test_the_overview_shows_who_counts_neighbours_and_documents(app, staff, add):
    with app.app_context():
        add(), add()
        db.session.add(Dependency(name="things-dlq", ok=False, detail="3 waiting"))
        db.session.commit()

    text = staff.get().text

    assert "Asha · staff" in text
    assert re.search(r"<strong>2</strong>\s*Things", text)
    assert "things-dlq" in text
    assert "3 waiting" in text
    assert 'href="/swagger/"' in text
    assert 'href="/redoc/"' in text


def test_the_overview_counts_no_further_than_is_cheap(staff, add, monkeypatch):
    monkeypatch.setattr(index, "MANY", 1)
    add(), add()

    assert re.search(r"<strong>1\+</strong>\s*Things", staff.get().text)


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


def test_rows_are_filtered_by_every_kind_of_column(staff, add, subtests):
    add("dear", created_at=datetime(2026, 7, 1, tzinfo=UTC))
    add("cheap", "5.00", created_at=datetime(2026, 5, 1, tzinfo=UTC))

    for name, value, shown in FILTERS:
        with subtests.test(name):
            text = staff.get("thing/", **{f"flt1_{name}": value}).text
            assert [word for word in ("dear", "cheap") if word in text] == shown


def test_a_senseless_query_breaks_nothing(staff, thing, subtests):
    for query in SENSELESS:
        with subtests.test(query=query):
            answer = staff.get("thing/", **query)
            assert answer.status_code in (200, 302, 400, 404, 422)
            assert staff.get("thing/").status_code == 200


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


def test_a_problem_is_a_page_for_people_and_a_document_for_programs(staff):
    page = staff.get("nowhere/")
    document = staff.client.get("/admin/nowhere/", headers={"Accept": "*/json"})

    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert document.mimetype == "application/problem+json"


@pytest.mark.parametrize(
    "key", ["a", "1,2", "-1", "9" * 25, "1_0", "\u0665", "", "1.5"]
)
def test_what_can_be_no_key_is_no_row(staff, thing, caplog, key):
    answer = staff.get("thing/details/", id=key)

    assert answer.status_code == 302
    assert "refused by the database" not in caplog.text
