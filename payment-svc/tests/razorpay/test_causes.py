"""Answers that are not about one payment, in the words that Razorpay documents."""

import orjson
import pytest

from chassis.outcomes import Unknown
from payment_svc.razorpay import causes, http

NA = {"source": "NA", "step": "NA", "reason": "NA"}
LIVE_MODE_OFF = (
    "Invalid access: Cannot create a payment link in live mode, as live mode is"
    " disabled for merchant."
)
TROUBLE = (
    "We are facing some trouble completing your request at the moment."
    " Please try again shortly."
)
ANSWERS = [
    (401, "Authentication failed", {}, "key_refused"),
    (400, "The api key provided is invalid", NA, "key_refused"),
    (400, "Access Denied", NA, "address_not_allowed"),
    (403, "", {}, "address_not_allowed"),
    (
        500,
        "The server encountered an error. The incident has been reported to admins.",
        {},
        "address_blocked",
    ),
    (400, "The requested URL was not found on the server.", NA, "not_enabled"),
    (404, "no Route matched with those values", {}, "not_enabled"),
    (
        400,
        "Invalid access: Cannot create a payment link, as Merchant is Suspended.",
        {},
        "account_suspended",
    ),
    (400, "new words", {"reason": "compliance_violation"}, "account_suspended"),
    (400, "no", {"reason": "live_mode_not_enabled"}, "live_mode_off"),
    (400, "no", {"reason": "merchant_not_activated"}, "live_mode_off"),
    (
        400,
        LIVE_MODE_OFF,
        {},
        "live_mode_off",
    ),
    (429, "", {"code": "RATE_LIMIT_EXCEEDED"}, "link_quota"),
    (400, "test mode limit of 30 reached for payment_link", {}, "link_quota"),
    (
        400,
        "expire_by: timestamp must be atleast 15 minutes in future.",
        {},
        "clock",
    ),
    (400, "no", {"field": "expire_by"}, "clock"),
    (503, "", {}, "maintenance"),
    (429, "Too many requests", {}, "too_many_requests"),
    (400, "Too many requests", {}, "too_many_requests"),
    (
        500,
        TROUBLE,
        NA,
        "trouble",
    ),
    (400, "no", {"code": "SERVER_ERROR"}, "trouble"),
    (400, "no", {"code": "GATEWAY_ERROR"}, "trouble"),
    (400, "no", {"reason": "server_error"}, "trouble"),
    (400, "no", {"reason": "request_timed_out"}, "trouble"),
    (400, "no", {"reason": "gateway_technical_error"}, "trouble"),
    (400, "no", {"code": "SERVICE_UNAVAILABLE"}, "maintenance"),
    (400, "no", {"field": "callback_url"}, "callback_address"),
    (400, "no", {"field": "callback_method"}, "callback_address"),
    (400, "The callback url format is invalid.", NA, "callback_address"),
    (502, "", {}, "trouble"),
    (504, "", {}, "trouble"),
]
ABOUT_THE_REQUEST = [
    "The name format is invalid.",
    "amount exceeds maximum amount allowed.",
    "The id provided does not exist",
    "payment link with given reference_id: r already exists.",
    "invalid request sent",
    "extra fields sent.",
]


@pytest.mark.parametrize(("status", "description", "members", "name"), ANSWERS)
def test_an_answer_has_its_cause(status, description, members, name):
    cause = causes.find(status, {"description": description, **members})

    assert cause.name == name


@pytest.mark.parametrize("description", ABOUT_THE_REQUEST)
def test_a_refusal_of_the_request_has_no_cause(description):
    assert causes.find(400, {"description": description}) is None


@pytest.mark.parametrize(("status", "description", "members", "name"), ANSWERS)
def test_an_answer_with_a_cause_is_never_a_definite_no(
    status, description, members, name
):
    error = {"description": description, **members}

    failure = http._failure(status, orjson.dumps({"error": error}), 7)

    assert isinstance(failure, Unknown)
    assert (failure.cause.name, failure.retry_after) == (name, 7)


@pytest.mark.parametrize("description", ABOUT_THE_REQUEST)
def test_a_refusal_of_the_request_is_definite(description):
    error = {"description": description, **NA}

    failure = http._failure(400, orjson.dumps({"error": error}), 0)

    assert isinstance(failure, http.Refusal)
    assert str(failure) == description


def test_every_cause_that_an_answer_can_have_is_shown_above():
    found = {name for _, _, _, name in ANSWERS}

    names = {one.name for one in causes.CAUSES}
    without_words = {"call_failed", "broken_list", "unreadable_answer", "query_refused"}
    assert names - found == without_words


def test_every_cause_has_a_name_of_its_own_and_two_sentences():
    names = [cause.name for cause in causes.CAUSES]

    assert len(set(names)) == len(names)
    assert all(one.meaning.endswith(".") for one in causes.CAUSES)
    assert all(one.action.endswith(".") for one in causes.CAUSES)


def test_rate_limits_and_single_errors_of_razorpay_alert_nobody():
    quiet = {cause.name for cause in causes.CAUSES if not cause.is_alert}

    assert quiet == {"too_many_requests", "trouble"}


def test_a_problem_is_no_definite_answer():
    problem = causes.ProviderProblem(causes.CLOCK, "expire_by: ...", 7)

    assert (problem.why, problem.retry_after) == ("clock: expire_by: ...", 7)


@pytest.mark.parametrize("name", ["Access Denied", "Too Many Requests", "expire_by"])
def test_words_in_a_refused_field_are_no_cause(name):
    error = {"description": f"{name} is not a name.", "field": "customer.name"}

    assert causes.find(400, error) is None
