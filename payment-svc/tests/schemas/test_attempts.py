"""Attempts in JSON: the error is shown to staff only."""

from payment_svc.models import PaymentAttempt
from payment_svc.schemas.attempts import AttemptSchema, WithError

FAILED = PaymentAttempt(status="failed", error_code="X", error_reason="incorrect_pin")


def test_an_attempt_alone_shows_no_error():
    assert AttemptSchema().dump(FAILED)["error"] is None


def test_an_attempt_with_its_error_shows_it():
    shown = AttemptSchema().dump(WithError(FAILED))

    assert shown["error"]["reason"] == "incorrect_pin"
    assert (shown["status"], shown["message"][:28]) == (
        "failed",
        "The code or PIN was wrong. N",
    )


def test_an_attempt_that_did_not_fail_has_no_error():
    paid = PaymentAttempt(status="captured")

    assert AttemptSchema().dump(WithError(paid))["error"] is None
