"""What a customer reads about a failed attempt."""

import pytest

from payment_svc.razorpay.error_reasons import GENERAL, REASONS, STATUSES, explain


@pytest.mark.parametrize("reason", [None, "", "payment_failed", "a new reason"])
def test_an_unknown_reason_has_a_general_sentence(reason):
    assert explain("failed", reason) == GENERAL
    assert explain("a new status", reason) == GENERAL


def test_a_known_reason_has_its_own_sentence():
    assert explain("failed", "card_declined") == (
        "The bank declined the payment. No money was taken. "
        "Try again or use another method."
    )


@pytest.mark.parametrize("status", STATUSES)
def test_only_a_failed_attempt_is_explained_by_its_reason(status):
    assert explain(status, "card_declined") == STATUSES[status]


def test_no_sentence_promises_that_money_stays_when_the_bank_was_silent():
    silent = ("payment_timed_out", "request_timed_out", "bank_technical_error")

    assert all("No money was taken" not in REASONS[reason] for reason in silent)
