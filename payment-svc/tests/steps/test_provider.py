"""The job that checks the account at Razorpay."""

from datetime import timedelta

from payment_svc.steps import check_provider


def alerts(caplog):
    return [r.msg for r in caplog.records if "'alert': True" in str(r.msg)]


def test_a_clock_more_than_half_a_minute_off_is_alerted_once(app, caplog):
    with app.app_context():
        app.extensions["razorpay"].clock.skew = timedelta(seconds=61)
        check_provider()
        check_provider()

    [alert] = alerts(caplog)
    assert alert["cause"] == "clock"
    assert "+61 s" in alert["detail"]


def test_a_good_clock_alerts_nobody(app, caplog):
    with app.app_context():
        app.extensions["razorpay"].clock.skew = timedelta(seconds=29)
        assert check_provider() == 0

    assert alerts(caplog) == []
