"""The alarm for silence, raised once in each period."""

from datetime import timedelta

import pytest

from payment_svc.models import Dependency
from payment_svc.steps import check_webhooks

ALERT = "no webhooks from razorpay"


@pytest.fixture
def check(shop, caplog):
    """Return `check()`: whether the job raised an alert, and what it recorded."""

    def run():
        caplog.clear()
        with shop.app.app_context():
            check_webhooks()
        [row] = _rows(shop)
        return ALERT in caplog.text, row.ok

    return run


def _rows(shop):
    from payment_svc.extensions import db

    with shop.app.app_context():
        rows = db.session.query(Dependency).filter_by(name="razorpay webhooks").all()
        db.session.expunge_all()
        return rows


def test_captures_without_webhooks_raise_an_alert_once_in_a_period(
    shop, check, pass_time, send_webhook
):
    assert check() == (False, True)
    shop.captured()
    assert check() == (False, True)

    pass_time(timedelta(minutes=31))
    assert check() == (True, False)
    assert check() == (False, False)
    pass_time(timedelta(minutes=31))
    assert check() == (True, False)

    send_webhook(b"{}")
    assert check() == (False, True)


@pytest.mark.parametrize(("minutes", "is_alert"), [("20", True), ("40", False)])
def test_the_time_of_silence_is_a_setting(
    make, shop_on, sandbox, pass_time, minutes, is_alert
):
    app = make(RAZORPAY_BASE_URL=sandbox.url, WEBHOOK_SILENCE_MINUTES=minutes)
    shop = shop_on(app)
    shop.captured()
    pass_time(timedelta(minutes=31))

    with app.app_context():
        check_webhooks()

    [row] = _rows(shop)
    assert row.ok is not is_alert


def test_the_panel_and_readyz_show_the_silence(shop, check, pass_time, client, tokens):
    shop.captured()
    pass_time(timedelta(minutes=31))
    check()

    ready = client.get("/readyz/", headers=tokens.staff()).json
    shown = ready["neighbours"]["razorpay webhooks"]

    assert shown["ok"] is False
    assert "none came, but a payment was captured" in shown["detail"]
