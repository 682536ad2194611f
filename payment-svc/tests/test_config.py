"""The settings."""

from decimal import Decimal

import pytest

from chassis.config import ConfigError
from devtools.testkit.plugin import SECRET
from payment_svc.config import Settings

GOOD = {
    "APP_ENV": "test",
    "DATABASE_URL": "sqlite:///x.db",
    "SECRET_KEY": SECRET,
    "PUBLIC_URL": "http://127.0.0.1:8003",
    "RAZORPAY_KEY_ID": "rzp_test_Sb0xDemoKey001",
    "RAZORPAY_KEY_SECRET": "sbx_key_secret_7Qm2VtR9xLwZ",
    "RAZORPAY_WEBHOOK_SECRET": "sbx_webhook_secret_4nHk8PzT",
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RAZORPAY_WEBHOOK_SECRET", ""),
        ("RAZORPAY_WEBHOOK_SECRET", "short"),
        ("RAZORPAY_WEBHOOK_SECRET", "a" * 40),
        ("RAZORPAY_WEBHOOK_SECRET_PREVIOUS", "short"),
        ("RAZORPAY_KEY_SECRET", ""),
        ("RAZORPAY_KEY_SECRET", "'sbx_key_secret_7Qm2VtR9xLwZ'"),
        ("RAZORPAY_WEBHOOK_SECRET", '"sbx_webhook_secret_4nHk8PzT"'),
        ("RAZORPAY_KEY_ID", "test"),
        ("RAZORPAY_BASE_URL", "https://api.razorpay.com/v1"),
        ("RAZORPAY_BASE_URL", "api.razorpay.com"),
        ("SHOP_RETURN_URL", "javascript:alert(1)"),
        ("REFUND_LIMIT", "much"),
        ("REFUND_LIMIT", "-1"),
        ("REFUND_LIMIT", "NaN"),
        ("POLL_PLAN", "10,-1"),
        ("POLL_PLAN", ""),
    ],
)
def test_a_bad_setting_is_refused_by_its_name(name, value):
    with pytest.raises(ConfigError) as refused:
        Settings.load({**GOOD, name: value})

    assert name in str(refused.value)


@pytest.mark.parametrize(
    "name",
    [
        "RAZORPAY_KEY_ID",
        "RAZORPAY_KEY_SECRET",
        "RAZORPAY_WEBHOOK_SECRET",
        "RAZORPAY_WEBHOOK_SECRET_PREVIOUS",
    ],
)
@pytest.mark.parametrize("sign", ["\u200b", "\u201d", " ", "\u00e9", "\x01"])
def test_a_key_that_fits_into_no_header_is_refused_and_not_shown(name, sign):
    good = GOOD.get(name, GOOD["RAZORPAY_WEBHOOK_SECRET"])

    with pytest.raises(ConfigError) as refused:
        Settings.load({**GOOD, name: good[:9] + sign + good[9:]})

    assert f"{name}: should be printable ASCII" in str(refused.value)
    assert f"U+{ord(sign):04X}" in str(refused.value)
    assert "at position 10" in str(refused.value)
    assert good[:9] not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RAZORPAY_ACCOUNT_ID", "acc_Sb1\u200b"),
        ("RAZORPAY_BASE_URL", "https://api.razorpay.com\u200b"),
        ("SHOP_RETURN_URL", "https://shop.example/\u201cpaid\u201d"),
    ],
)
def test_what_goes_into_addresses_and_comparisons_is_printable_ascii(name, value):
    with pytest.raises(ConfigError) as refused:
        Settings.load({**GOOD, name: value})

    [problem] = refused.value.problems
    assert problem.startswith(f"{name}: should be printable ASCII")


def test_all_problems_are_reported_together():
    with pytest.raises(ConfigError) as refused:
        Settings.load({"APP_ENV": "test"})

    assert len(refused.value.problems) == 6


def test_the_base_url_the_limit_and_the_plans_have_defaults():
    settings = Settings.load(GOOD)

    assert settings.razorpay_base_url == "https://api.razorpay.com"
    assert settings.refund_limit == Decimal("100000.00")
    assert settings.poll_plan[0] == 10
    assert settings.closed_poll_plan == (3600, 21600, 86400, 259200, 432000)


def test_a_key_secret_as_razorpay_makes_them_is_good_for_production():
    good = {**GOOD, "APP_ENV": "production", "RAZORPAY_WEBHOOK_SECRET": SECRET}

    assert Settings.load({**good, "RAZORPAY_KEY_SECRET": "9ZxcVbnM1aSdF3gHjK5lQwEr"})


def test_the_hours_between_two_reconciliation_runs_may_be_a_fraction():
    assert Settings.load(GOOD).reconcile_hours == 24
    assert Settings.load({**GOOD, "RECONCILE_HOURS": "0.5"}).reconcile_hours == 0.5

    with pytest.raises(
        ConfigError, match="RECONCILE_HOURS: should be a number of hours"
    ):
        Settings.load({**GOOD, "RECONCILE_HOURS": "-1"})
