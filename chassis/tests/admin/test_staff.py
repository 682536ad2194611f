"""Sessions of the panel: who gets one, how long it lasts, how it ends."""

import pytest
from panel import Browser
from sqlalchemy import select
from tiny import AdminSession, db

from chassis.http import Limited

MINUTE = 60


HOUR = 60 * MINUTE


def sessions(app):
    with app.app_context():
        return list(db.session.scalars(select(AdminSession)))


@pytest.fixture
def customer(browser, user_svc):
    user_svc.role = "customer"
    browser.sign_in()
    return browser


def test_admins_get_in(browser, user_svc):
    user_svc.role = "admin"
    browser.sign_in()

    assert browser.is_in()


def test_customers_get_the_reason(customer):
    answer = customer.sign_in()

    assert answer.status_code == 403
    assert "not a staff account" in answer.text


def test_a_wrong_password_stays_outside(app, browser):
    answer = browser.sign_in(password="wrong")

    assert answer.status_code == 403
    assert "E-mail or password is wrong." in answer.text
    assert "wrong" not in str(dict(answer.headers))
    assert not sessions(app)


def test_the_cookie_holds_an_id_alone_and_only_for_this_service(app, browser):
    cookie = browser.sign_in().headers["Set-Cookie"]

    assert cookie.startswith("tiny-svc-admin=")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    with browser.client.session_transaction() as session:
        assert set(session) <= {"id", "csrf_token"}


def test_the_id_is_kept_as_its_hash(app, staff):
    (row,) = sessions(app)

    assert (row.email, row.role) == ("asha@example.com", "staff")
    with staff.client.session_transaction() as session:
        assert session["id"] not in row.id


def test_signing_in_makes_a_new_id_and_ends_the_old_one(app, staff):
    (before,) = sessions(app)

    staff.sign_in()

    (after,) = sessions(app)
    assert before.id != after.id


def test_a_cookie_that_was_tampered_with_is_nobodys(staff):
    name = "tiny-svc-admin"
    value = staff.client.get_cookie(name).value
    staff.client.set_cookie(name, value[:-2] + "xx")

    assert not staff.is_in()


def test_signing_out_ends_the_session_for_the_old_cookie_too(app, staff):
    old = staff.client.get_cookie("tiny-svc-admin").value

    assert staff.post("logout/", page="").status_code == 303

    thief = Browser(app)
    thief.client.set_cookie("tiny-svc-admin", old)
    assert not thief.is_in()
    assert not sessions(app)


def test_half_an_hour_without_a_request_ends_the_session(app, staff, move_clock):
    move_clock(31 * MINUTE)

    assert not staff.is_in()
    assert not sessions(app)


def test_requests_keep_the_session_alive(staff, move_clock):
    for minutes in (20, 40, 60):
        move_clock(minutes * MINUTE)
        assert staff.is_in()


def test_eight_hours_are_the_end_whatever_happens(staff, move_clock):
    for minutes in range(20, 480, 20):
        move_clock(minutes * MINUTE)
        assert staff.is_in()

    move_clock(8 * HOUR + 1)
    assert not staff.is_in()


def test_an_expired_access_token_is_renewed_and_its_successor_kept(
    app, staff, user_svc
):
    user_svc.expire()

    assert staff.is_in()
    assert user_svc.spent == ["refresh-1"]
    user_svc.expire()
    assert staff.is_in()
    assert user_svc.spent == ["refresh-1", "refresh-2"]


def test_whoever_is_deactivated_is_out_at_once(app, staff, user_svc):
    user_svc.has_ended = True

    assert not staff.is_in()
    assert not sessions(app)


def test_whoever_is_staff_no_more_is_out_at_once(staff, user_svc):
    user_svc.role = "customer"
    assert not staff.is_in()

    user_svc.role = "staff"
    assert not staff.is_in()


def test_user_svc_is_asked_once_for_each_page(staff, user_svc):
    user_svc.asked.clear()

    staff.get()

    assert user_svc.asked == [("GET", "/user/me/")]


def test_while_user_svc_is_away_the_panel_says_so_and_the_session_waits(
    staff, user_svc
):
    user_svc.is_away = True
    answer = staff.get()
    assert answer.status_code == 503
    assert answer.mimetype == "text/html"
    assert "user-svc does not answer." in answer.text

    user_svc.is_away = False
    assert staff.is_in()


def test_a_limit_of_user_svc_does_not_end_a_session(staff, user_svc, monkeypatch):
    def refuse(*_, **__):
        raise Limited("user-svc answered 429.", 9.0)

    with monkeypatch.context() as patch:
        patch.setattr(user_svc, "call", refuse)
        answer = staff.get()
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "9")

    assert staff.is_in()


def test_a_session_ends_here_when_user_svc_refuses_the_rate(
    staff, user_svc, monkeypatch
):
    page_token = staff.token("")

    def refuse(method, path, **options):
        if path == "/user/logout/":
            raise Limited("user-svc answered 429.", 9.0)
        return real(method, path, **options)

    real = user_svc.call
    monkeypatch.setattr(user_svc, "call", refuse)
    staff.send("logout/", {"csrf_token": page_token})

    assert not staff.is_in()


def test_nobody_signs_in_while_user_svc_is_away(browser, user_svc):
    user_svc.is_away = True

    assert browser.sign_in().status_code == 503


def test_a_session_that_ends_while_user_svc_is_asked_stays_ended(
    app, staff, user_svc, monkeypatch
):
    def sign_out_elsewhere(form):
        with app.app_context():
            db.session.query(AdminSession).delete()
            db.session.commit()
        return original(form)

    original = user_svc._token
    monkeypatch.setattr(user_svc, "_token", sign_out_elsewhere)
    user_svc.expire()

    assert staff.get().status_code == 302
    assert not sessions(app)


def test_the_tokens_are_not_stored_in_clear(app, staff):
    (row,) = sessions(app)

    assert "access-1" not in row.access_token
    assert "refresh-1" not in row.refresh_token
    assert len({row.access_token, row.refresh_token, row.id}) == 3


def test_tokens_of_another_session_are_no_tokens(app, staff):
    with app.app_context():
        row = db.session.scalar(select(AdminSession))
        row.access_token = row.refresh_token = "access-1"  # as an older version stored
        db.session.commit()

    assert staff.get().status_code == 302
    assert not sessions(app)


def test_signing_out_revokes_the_tokens_at_user_svc(staff, user_svc):
    staff.post("logout/", page="")

    assert user_svc.revoked == ["refresh-1"]


def test_signing_out_with_an_expired_access_token_revokes_its_successors(
    app, staff, user_svc
):
    token = staff.token("")
    user_svc.expire()
    with app.app_context():
        row = db.session.scalar(select(AdminSession))
        row.seen_at = row.seen_at.replace(year=2000)  # idle for too long
        db.session.commit()

    staff.send("logout/", {"csrf_token": token})

    assert user_svc.revoked == ["refresh-2"]
    assert not sessions(app)


def test_signing_in_again_revokes_the_tokens_of_before(staff, user_svc):
    staff.sign_in()

    assert user_svc.revoked == ["refresh-1"]


def test_a_customer_who_is_refused_keeps_no_session(customer, user_svc):
    assert user_svc.revoked == ["refresh-1"]


def test_while_user_svc_is_away_a_session_ends_here(app, staff, user_svc):
    token = staff.token("")
    with app.app_context():
        row = db.session.scalar(select(AdminSession))
        row.seen_at = row.seen_at.replace(year=2000)
        db.session.commit()
    user_svc.is_away = True

    assert staff.send("logout/", {"csrf_token": token}).status_code in (302, 403)
    assert not sessions(app)
