"""The part of the catalogue in which the provider's side acts by itself."""

from random import Random

from verification.faults.rows import Kind, Parameters

AT_PROVIDER = ("provider",)
AT_ONCE = ""
# What the account answers: the state of the account, the words that refuse a link's
# optional fields, and the words for a balance that is too low for refunds.
WORDS = (
    {"refuse_fields": "The name format is invalid."},
    {"refuse_fields": "Contact number should be at least 8 digits"},
    {"refuse_fields": "Something in this request is not as it should be."},
    {"low": "invalid"},
    {"low": "balance"},
    {"mode": "maintenance"},
    {"mode": "address_blocked"},
    {"mode": "suspended"},
    {"mode": "key_refused"},
    {"mode": "not_enabled"},
)


def _refund(random: Random) -> Parameters:
    return {
        "which": random.random(),
        "share": random.choice((0.1, 0.3, 0.5, 1.0, 1.0)),
        "end": random.choice((AT_ONCE, AT_ONCE, "process", "fail")),
    }


def _dispute(random: Random) -> Parameters:
    return {
        "which": random.random(),
        "share": random.choice((0.5, 1.0, 1.0)),
        "phase": random.choice(("chargeback", "chargeback", "retrieval", "fraud")),
        "end": random.choice(("won", "lost", "closed")),
    }


def _fee(random: Random) -> Parameters:
    return {
        "which": random.random(),
        "difference": random.choice(("fee", "fee", "discount")),
        "share": random.choice((0.0236, 0.01, 0.05)),
    }


def _refuse(random: Random) -> Parameters:
    usual = {"mode": "active", "refuse_fields": "", "low": None}
    return usual | random.choice(WORDS)


def _clock(random: Random) -> Parameters:
    return {"seconds": random.choice((61, 120, 300))}


PROVIDER = (
    Kind("F29", "dashboard_refund", AT_PROVIDER, 8, 0.0, 4.0, _refund),
    Kind("F30", "dispute", AT_PROVIDER, 7, 2.0, 10.0, _dispute),
    Kind("F31", "fee", AT_PROVIDER, 4, 0.0, 0.0, _fee),
    Kind("F32", "refuse_in_other_words", AT_PROVIDER, 4, 2.0, 8.0, _refuse),
    Kind("F33", "clock_behind", AT_PROVIDER, 4, 2.0, 10.0, _clock),
)
BY_PROVIDER = frozenset(row.kind for row in PROVIDER)
