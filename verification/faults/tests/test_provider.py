"""What the provider's side does by itself, at a real sandbox."""

import pytest

from razorpay_sandbox.testing import serve
from verification.faults import provider
from verification.faults.provider import ProviderSide, part, pick
from verification.faults.provider_kinds import PROVIDER

USUAL_ACCOUNT = {"mode": "active", "refuse_fields": "", "clock": 0}
REFUND = {"which": 0.0, "share": 1.0, "end": ""}
DISPUTE = {"which": 0.0, "share": 1.0, "phase": "chargeback", "end": "lost"}


@pytest.fixture
def sandbox(tmp_path):
    with serve(tmp_path) as served:
        yield served


@pytest.fixture
def side(sandbox, monkeypatch):
    monkeypatch.setattr(provider, "PATIENCE", 0.0)
    return ProviderSide(sandbox.url)


@pytest.fixture
def link(sandbox, side):
    """Return an open link of 500.00."""
    auth = (sandbox.key_id, sandbox.key_secret)
    body = {"amount": 50000, "currency": "INR", "reference_id": "order-1"}
    return side._call("POST", "/v1/payment_links", json=body, auth=auth)


@pytest.fixture
def capture(side, link):
    return side.post(f"/control/links/{link['id']}/pay/")


def rows(side, table):
    return side.get("/control/ledger/")[table]


def low_balance(sandbox):
    return sandbox.sandbox.low_balance


def test_a_dashboard_refund_returns_a_payment_and_is_announced(side, link, capture):
    made = []
    side.on_refund = lambda refund, link_id: made.append((refund["id"], link_id))

    side.begin("dashboard_refund", REFUND)
    side.end("dashboard_refund", REFUND)

    (refund,) = rows(side, "refunds")
    assert (refund["amount"], refund["status"]) == (50000, "processed")
    assert made == [(refund["id"], link["id"])]


def test_a_part_of_a_payment_can_be_refunded_twice(side, capture):
    side.begin("dashboard_refund", REFUND | {"share": 0.3})
    side.begin("dashboard_refund", REFUND | {"share": 1.0})

    assert [row["amount"] for row in rows(side, "refunds")] == [15000, 35000]


@pytest.mark.parametrize(
    ("end", "status"), [("process", "processed"), ("fail", "failed")]
)
def test_a_pending_refund_ends_with_its_action(side, capture, end, status):
    wish = REFUND | {"end": end}

    side.begin("dashboard_refund", wish)
    assert [row["status"] for row in rows(side, "refunds")] == ["pending"]

    side.end("dashboard_refund", wish)
    assert [row["status"] for row in rows(side, "refunds")] == [status]


def test_a_refund_that_will_fail_is_not_announced(side, capture):
    made = []
    side.on_refund = lambda *refund: made.append(refund)

    side.begin("dashboard_refund", REFUND | {"end": "fail"})

    assert made == []


def test_without_a_payment_nothing_is_refunded(side, link):
    with pytest.raises(TimeoutError, match="a capture"):
        side.begin("dashboard_refund", REFUND)

    side.end("dashboard_refund", REFUND | {"end": "process"})
    assert rows(side, "refunds") == []


def test_a_dispute_is_raised_and_decided(side, capture):
    side.begin("dispute", DISPUTE)
    (raised,) = rows(side, "disputes")
    assert (raised["phase"], raised["status"]) == ("chargeback", "open")

    side.end("dispute", DISPUTE)
    assert [row["status"] for row in rows(side, "disputes")] == ["lost"]


@pytest.mark.parametrize(
    ("difference", "amount"), [("fee", 51180), ("discount", 48820)]
)
def test_a_customer_pays_a_fee_or_gets_an_offer(side, link, difference, amount):
    wish = {"which": 0.0, "difference": difference, "share": 0.0236}

    side.begin("fee", wish)
    side.end("fee", wish)

    assert [row["amount"] for row in rows(side, "payments")] == [amount]


def test_the_account_answers_in_other_words_for_a_while(sandbox, side):
    wish = {
        "mode": "suspended",
        "refuse_fields": "The name is wrong.",
        "low": "invalid",
    }

    side.begin("refuse_in_other_words", wish)
    account = side.get("/control/account/")
    assert (account["mode"], account["refuse_fields"]) == (
        "suspended",
        wish["refuse_fields"],
    )
    assert low_balance(sandbox) == "invalid request sent"

    side.end("refuse_in_other_words", wish)
    assert side.get("/control/account/") == USUAL_ACCOUNT
    assert low_balance(sandbox) is None


@pytest.mark.parametrize("mode", ["maintenance", "not_enabled", "key_refused"])
def test_an_account_that_refuses_all_calls_cannot_be_read(side, mode):
    wish = {"mode": mode, "refuse_fields": "", "low": None}

    side.begin("refuse_in_other_words", wish)
    assert side.is_refusing
    side.end("refuse_in_other_words", wish)
    assert not side.is_refusing


def test_a_suspended_account_can_be_read(side):
    wish = {"mode": "suspended", "refuse_fields": "", "low": None}

    side.begin("refuse_in_other_words", wish)

    assert not side.is_refusing


def test_the_clock_of_the_provider_is_ahead_for_a_while(side):
    side.begin("clock_behind", {"seconds": 120})
    assert side.get("/control/account/")["clock"] == 120

    side.end("clock_behind", {"seconds": 120})
    assert side.get("/control/account/") == USUAL_ACCOUNT


def test_healing_ends_whatever_has_not_ended(sandbox, side, capture):
    side.begin("dashboard_refund", REFUND | {"share": 0.5, "end": "process"})
    side.begin("dispute", DISPUTE)
    side.begin("clock_behind", {"seconds": 120})
    side.begin(
        "refuse_in_other_words",
        {"mode": "suspended", "refuse_fields": "no", "low": "balance"},
    )

    side.heal()

    assert side.get("/control/account/") == USUAL_ACCOUNT
    assert low_balance(sandbox) is None
    assert [row["status"] for row in rows(side, "refunds")] == ["processed"]
    assert [row["status"] for row in rows(side, "disputes")] == ["won"]


def test_the_webhook_of_a_dispute_is_awaited(sandbox, side, capture):
    assert not side.has_undelivered_disputes()

    sandbox.sandbox.webhook_url = "http://127.0.0.1:9/"
    side.begin("dispute", DISPUTE)

    assert side.has_undelivered_disputes()


def test_every_kind_can_begin_and_those_that_last_can_end():
    assert {row.kind for row in PROVIDER} == set(provider.BEGIN)
    lasting = {row.kind for row in PROVIDER if row.longest}
    assert lasting == set(provider.ENDS)


def test_the_choice_of_a_row_depends_on_the_drawn_number():
    found = [
        pick([{"n": 0}, {"n": 1}, {"n": 2}], which)["n"] for which in (0, 0.5, 0.99)
    ]

    assert found == [0, 1, 2]
    assert pick([], 0.5) == {}


@pytest.mark.parametrize(
    ("whole", "share", "amount"),
    [(1000, 0.3, 300), (1000, 0.05, 1000), (1000, 0.95, 1000), (150, 0.5, 150)],
)
def test_no_part_and_no_rest_is_below_the_provider_minimum(whole, share, amount):
    assert part(whole, share) == amount
