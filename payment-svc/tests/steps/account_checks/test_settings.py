"""The checks of the settings."""

import pytest

from devtools.testkit.plugin import SECRET
from payment_svc.config import Settings
from payment_svc.steps.account_checks.settings import (
    check_address,
    check_amounts,
    check_keys,
    mode_of,
)

RAZORPAY, SANDBOX = "https://api.razorpay.com", "http://127.0.0.1:8004"


def settings(**changes):
    given = {
        "APP_ENV": "test",
        "DATABASE_URL": "sqlite:///x.db",
        "SECRET_KEY": SECRET,
        "PUBLIC_URL": "https://pay.shop.example",
        "RAZORPAY_KEY_ID": "rzp_test_Sb0xDemoKey001",
        "RAZORPAY_KEY_SECRET": "sbx_key_secret_7Qm2VtR9xLwZ",
        "RAZORPAY_WEBHOOK_SECRET": "sbx_webhook_secret_4nHk8PzT",
        "RAZORPAY_BASE_URL": RAZORPAY,
    }
    return Settings.load({**given, **changes})


def bad(findings):
    return [one.text for one in findings if one.is_good is False]


LIVE = {"RAZORPAY_KEY_ID": "rzp_live_Sb0xDemoKey001"}


@pytest.mark.parametrize(
    ("changes", "mode", "text"),
    [
        ({}, "test", "of test mode at https://api.razorpay.com: no real money"),
        (LIVE, "live", "of live mode at https://api.razorpay.com: real money"),
        ({"RAZORPAY_BASE_URL": SANDBOX}, "test", f"at {SANDBOX}: no real money"),
    ],
)
def test_test_and_live_keys_are_told_apart(changes, mode, text):
    given = settings(**changes)
    findings = list(check_keys(given))

    assert mode_of(given) == mode
    assert bad(findings) == []
    assert text in findings[0].text


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"RAZORPAY_KEY_ID": "rzp_Sb0xDemoKey001"}, "neither test mode nor live mode"),
        ({**LIVE, "RAZORPAY_BASE_URL": SANDBOX}, "key of live mode is sent to"),
        ({"RAZORPAY_BASE_URL": "http://api.razorpay.com"}, "unencrypted"),
        (
            {"RAZORPAY_WEBHOOK_SECRET": "sbx_key_secret_7Qm2VtR9xLwZ"},
            "equals the key's secret",
        ),
    ],
)
def test_keys_that_do_not_fit_are_named_with_what_to_do(changes, text):
    findings = list(check_keys(settings(**changes)))

    [problem] = bad(findings)
    assert text in problem
    assert all(one.action for one in findings if not one.is_good)


def test_a_public_address_is_good():
    [found] = check_address(settings())

    assert found.is_good
    assert "https://pay.shop.example/payments/webhook/" in found.text


@pytest.mark.parametrize("url", ["http://127.0.0.1:8003", "https://x.ngrok.io"])
def test_an_address_that_razorpay_does_not_reach_is_named(url):
    assert bad(check_address(settings(PUBLIC_URL=url)))


def test_live_mode_needs_an_encrypted_address():
    plain = {"PUBLIC_URL": "http://pay.shop.example"}

    assert bad(check_address(settings(**plain, **LIVE)))
    assert not bad(check_address(settings(**plain)))


def test_the_sandbox_reaches_every_address():
    local = {"PUBLIC_URL": "http://127.0.0.1:8003", "RAZORPAY_BASE_URL": SANDBOX}

    assert list(check_address(settings(**local))) == []


@pytest.mark.parametrize(("minutes", "count"), [("15", 1), ("16", 0)])
def test_a_link_must_be_payable_for_sixteen_minutes(minutes, count):
    findings = list(check_amounts(settings(LINK_MINUTES=minutes)))

    assert len(bad(findings)) == count
    assert any("INR 1.00" in one.text for one in findings)
    assert any("speed normal" in one.text for one in findings)
