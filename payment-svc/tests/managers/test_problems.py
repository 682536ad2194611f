"""A problem of the account is alerted once for each cause and period."""

from datetime import timedelta

import pytest

from payment_svc.extensions import db
from payment_svc.managers import problems
from payment_svc.models import Dependency
from payment_svc.razorpay.causes import CAUSES, CLOCK, ProviderProblem

BY_NAME = {cause.name: cause for cause in CAUSES}


@pytest.fixture
def report(app):
    """Return `report(name)`, in a transaction of its own as each attempt has."""

    def attempt(name):
        with app.app_context():
            problems.report(db.session, ProviderProblem(BY_NAME[name], "words"))
            db.session.commit()

    return attempt


@pytest.fixture
def end_old(app):
    def run():
        with app.app_context():
            problems.end_old(db.session)
            db.session.commit()

    return run


def alerts(caplog):
    return [
        record.msg["cause"]
        for record in caplog.records
        if isinstance(record.msg, dict) and record.msg.get("alert")
    ]


def open_names(app):
    with app.app_context():
        return [row.name for row in db.session.scalars(problems.open_problems())]


def test_a_thousand_attempts_raise_one_alert_for_each_cause(report, caplog):
    for _ in range(20):
        report("account_suspended")
        report("link_quota")

    assert alerts(caplog) == ["account_suspended", "link_quota"]
    [record] = [r for r in caplog.records if "link_quota" in str(r.msg)]
    assert record.msg["meaning"] == BY_NAME["link_quota"].meaning
    assert record.msg["action"] == BY_NAME["link_quota"].action


def test_the_alert_is_repeated_while_the_problem_lasts(report, caplog, pass_time):
    report("clock")
    pass_time(timedelta(minutes=9))
    report("clock")
    assert alerts(caplog) == ["clock"]

    pass_time(timedelta(minutes=1, seconds=1))
    report("clock")

    assert alerts(caplog) == ["clock", "clock"]


def test_what_usually_ends_by_itself_raises_no_alert(app, report, caplog):
    report("trouble")
    report("too_many_requests")

    assert alerts(caplog) == []
    assert open_names(app) == []


def test_a_problem_is_shown_until_no_attempt_reports_it_any_more(
    app, client, report, end_old, pass_time, tokens
):
    def shown():
        answer = client.get("/readyz/", headers=tokens.staff())
        return answer.get_json()["neighbours"]["razorpay: clock"]

    report("clock")
    assert (shown()["ok"], shown()["detail"]) == (False, CLOCK.meaning[:200])

    pass_time(timedelta(minutes=19))
    end_old()
    assert open_names(app) == ["razorpay: clock"]
    pass_time(timedelta(minutes=2))
    end_old()

    assert open_names(app) == []
    assert shown()["ok"]


def test_a_problem_that_comes_back_is_alerted_at_once(
    report, end_old, caplog, pass_time
):
    report("clock")
    pass_time(timedelta(minutes=21))
    end_old()

    report("clock")

    assert alerts(caplog) == ["clock", "clock"]


def test_of_two_workers_one_raises_the_alert(app, caplog, monkeypatch):
    """Both see no row; the database lets one of them insert it."""
    with app.app_context():
        problems.report(db.session, ProviderProblem(CLOCK, "words"))
        db.session.commit()
        monkeypatch.setattr(db.session, "get", lambda *_: None)
        problems.report(db.session, ProviderProblem(CLOCK, "words"))
        db.session.commit()
        rows = db.session.query(Dependency).count()

    assert alerts(caplog) == ["clock"]
    assert rows == 1
