"""The states of the account, each with the answer that Razorpay documents."""

import json

import pytest
from flask import Flask, request

from razorpay_sandbox.account import LINKS, MODES, REFUSING, Account
from razorpay_sandbox.errors import ApiError

NA = {"source": "NA", "step": "NA", "reason": "NA", "metadata": {}}
ANSWERS = {
    "key_refused": (401, "BAD_REQUEST_ERROR", {}),
    "address_not_allowed": (400, "BAD_REQUEST_ERROR", NA),
    "address_blocked": (500, "SERVER_ERROR", {"metadata": {}}),
    "maintenance": (503, "BAD_REQUEST_ERROR", NA),
    "not_enabled": (400, "BAD_REQUEST_ERROR", NA),
    "suspended": (400, "BAD_REQUEST_ERROR", {"metadata": []}),
    "live_mode_off": (400, "BAD_REQUEST_ERROR", {"metadata": []}),
    "link_quota": (429, "RATE_LIMIT_EXCEEDED", {}),
}


def refusal(account, method="POST", path=LINKS, **data):
    body = json.dumps(data)
    with Flask("test").test_request_context(path, method=method, data=body):
        try:
            account.check(request)
        except ApiError as error:
            return error
    return None


@pytest.mark.parametrize("mode", REFUSING)
def test_each_mode_refuses_a_new_link_with_its_own_answer(mode):
    error = refusal(Account(mode))

    status, code, members = ANSWERS[mode]
    found = error.body()["error"]
    assert (error.status, found["code"]) == (status, code)
    assert found["description"]
    assert members.items() <= found.items()


@pytest.mark.parametrize("mode", ["suspended", "live_mode_off", "link_quota"])
def test_these_modes_refuse_nothing_but_new_links(mode):
    assert refusal(Account(mode), path=f"{LINKS}/plink_1/cancel") is None
    assert refusal(Account(mode), method="GET") is None


def test_a_missing_feature_refuses_all_calls_about_links_and_no_others():
    account = Account("not_enabled")

    assert refusal(account, method="GET", path=f"{LINKS}/plink_1")
    assert refusal(account, method="GET", path="/v1/payments") is None


def test_an_active_account_refuses_nothing():
    assert MODES[0] == "active"
    assert refusal(Account()) is None


def test_fields_sent_for_convenience_can_be_refused_in_any_words():
    account = Account(refuse_fields="we did not like that")

    assert refusal(account, notes={"a": "b"}).description == "we did not like that"
    assert refusal(account, customer={"name": "Asha"})
    assert refusal(account, description="Order 1")
    assert refusal(account, amount=100, reference_id="r") is None
    assert refusal(account, path="/v1/orders", notes={"a": "b"}) is None
