"""The outcomes of remote calls."""

from chassis.outcomes import Refused, Unknown


def test_a_refusal_is_recognised_by_its_words():
    refusal = Refused("Payment link with this reference_id ALREADY EXISTS")

    assert refusal.names("taken", "already exists")
    assert not refusal.names("contact")


def test_a_member_of_a_refusals_json_is_a_text_or_empty():
    refusal = Refused("no", {"code": "BAD_REQUEST_ERROR", "metadata": {}})

    assert refusal.member("code") == "BAD_REQUEST_ERROR"
    assert refusal.member("metadata") == refusal.member("step") == ""


def test_an_unknown_outcome_is_answered_503_and_keeps_the_wanted_pause():
    unknown = Unknown("HTTP 429", retry_after=7)

    assert (unknown.status, unknown.why, unknown.retry_after) == (503, "HTTP 429", 7)
    assert str(unknown) == "HTTP 429"
