"""The checks that call Razorpay."""

from datetime import timedelta

import pytest

from chassis.outcomes import Refused, Unknown
from payment_svc.razorpay.causes import CAUSES
from payment_svc.steps import Context
from payment_svc.steps.account_checks.provider import (
    check_calls,
    check_clock,
    check_registration,
)

BY_NAME = {cause.name: cause for cause in CAUSES}


@pytest.fixture
def work(app):
    with app.app_context():
        yield Context()


def test_a_key_that_works_is_confirmed_for_links_and_payments(work):
    assert [one.is_good for one in check_calls(work)] == [True, True]


@pytest.mark.parametrize(
    ("mode", "name"),
    [
        ("key_refused", "key_refused"),
        ("address_blocked", "address_blocked"),
        ("address_not_allowed", "address_not_allowed"),
        ("maintenance", "maintenance"),
    ],
)
def test_a_problem_is_named_with_what_to_do(work, shop, mode, name):
    shop.control("account", mode=mode)

    for found in check_calls(work):
        assert found.is_good is False
        assert f"({name})" in found.text
        assert found.action == BY_NAME[name].action


def test_a_missing_feature_is_told_apart_from_a_blocked_address(work, shop):
    shop.control("account", mode="not_enabled")

    links, payments = check_calls(work)

    assert "(not_enabled)" in links.text
    assert payments.is_good


def test_an_answer_without_a_cause_is_shown_in_its_words(work):
    work.razorpay.read = lambda _: Unknown("ConnectionError")
    assert "ConnectionError" in next(check_calls(work)).text
    work.razorpay.read = lambda _: Refused("no such thing")
    assert "no such thing" in next(check_calls(work)).text


def test_a_wrong_clock_is_shown_with_its_difference(work, shop):
    shop.control("account", clock=90)
    list(check_calls(work))

    found = check_clock(work)

    assert found.is_good is False
    assert "+90 s" in found.text or "+89 s" in found.text
    work.razorpay.clock.skew = timedelta(seconds=3)
    assert check_clock(work).is_good


def test_the_registered_webhook_must_be_ours_active_and_complete(work, sandbox):
    ours = f"{work.settings.public_url}/payments/webhook/"
    assert "No webhook is registered" in check_registration(work).text

    sandbox.sandbox.webhook_url = ours

    assert check_registration(work).is_good


def test_missing_events_and_a_disabled_webhook_are_named(work, monkeypatch, sandbox):
    from razorpay_sandbox.api import webhooks

    sandbox.sandbox.webhook_url = f"{work.settings.public_url}/payments/webhook/"
    monkeypatch.setattr(webhooks, "EVENTS", webhooks.EVENTS[1:])
    found = check_registration(work)
    assert found.is_good is False
    assert "payment.authorized" in found.action
    assert "payment.captured" not in found.action

    real = webhooks._webhook
    monkeypatch.setattr(webhooks, "_webhook", lambda url: real(url) | {"active": False})
    assert "disabled" in check_registration(work).text


def test_without_the_right_to_list_webhooks_the_events_are_listed_for_a_person(work):
    work.razorpay.read = lambda _: Refused("no")

    found = check_registration(work)

    assert found.is_good is None
    assert "refund.speed_changed" in found.action
