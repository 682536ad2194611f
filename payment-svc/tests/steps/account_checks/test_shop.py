"""The checks of the running shop."""

import dataclasses
import threading

import pytest

from devtools.testkit.plugin import serve
from payment_svc.extensions import db
from payment_svc.managers import problems
from payment_svc.models import WebhookEvent
from payment_svc.razorpay.causes import CLOCK, ProviderProblem
from payment_svc.steps import Context
from payment_svc.steps.account_checks.shop import check_problems, check_self_test


@pytest.fixture
def work(app):
    """Return the work of a service that is served at its PUBLIC_URL."""
    with serve(app) as url, app.app_context():
        settings = dataclasses.replace(app.extensions["settings"], public_url=url)
        yield Context(settings=settings)


def test_the_self_test_is_stored_and_ignored(work, shop):
    worker = threading.Timer(0.3, shop.work)
    worker.start()
    accepted, stored = check_self_test(work, 20)
    worker.join()

    assert accepted.is_good
    assert stored.is_good, stored
    [row] = shop.rows(WebhookEvent)
    assert (row.event, row.payment_id) == ("shop.self_test", None)


def test_a_worker_that_does_not_run_is_named(work):
    _, stored = check_self_test(work, 0)

    assert stored.is_good is False
    assert "worker" in stored.action


def test_another_secret_in_the_api_is_named(work):
    settings = dataclasses.replace(
        work.settings, razorpay_webhook_secret="another_secret_0123456789"
    )

    [found] = check_self_test(Context(settings=settings), 0)

    assert found.is_good is False
    assert "another RAZORPAY_WEBHOOK_SECRET" in found.text


def test_an_address_where_nobody_answers_is_named(app):
    with app.app_context():
        nowhere = dataclasses.replace(
            app.extensions["settings"], public_url="http://127.0.0.1:9"
        )
        [found] = check_self_test(Context(settings=nowhere), 0)

    assert found.is_good is False
    assert "no answer" in found.text


def test_the_latest_alerts_are_shown(app):
    with app.app_context():
        work = Context()
        assert next(check_problems(work)).is_good
        problems.report(db.session, ProviderProblem(CLOCK, "words"))
        db.session.commit()

        [found] = check_problems(work)

    assert found.is_good is False
    assert CLOCK.meaning in found.text
    assert found.action == CLOCK.action
