"""The state of the account, and the sandbox's clock."""

from typing import Any

from flask import Blueprint, Response

from razorpay_sandbox.account import ACTIVE, MODES
from razorpay_sandbox.api.common import sandbox
from razorpay_sandbox.control.common import ControlError, read_options
from razorpay_sandbox.errors import answer
from razorpay_sandbox.json_body import is_integer

blp = Blueprint("control_account", __name__, url_prefix="/control/account")


@blp.get("/")
def show() -> Response:
    """Return the account's mode and the shift of the clock."""
    return answer(_state())


@blp.post("/")
def change() -> Response:
    """Change the mode, the words that refuse fields, or the clock (in seconds)."""
    wanted = _read()
    account = sandbox().account
    account.mode = wanted.get("mode", account.mode)
    account.refuse_fields = wanted.get("refuse_fields", account.refuse_fields)
    sandbox().clock.shift = wanted.get("clock", sandbox().clock.shift)
    return answer(_state())


def _state() -> dict[str, Any]:
    account = sandbox().account
    return {
        "mode": account.mode,
        "refuse_fields": account.refuse_fields,
        "clock": sandbox().clock.shift,
    }


def _read() -> dict[str, Any]:
    wanted = read_options("mode", "refuse_fields", "clock")
    if wanted.get("mode", ACTIVE) not in MODES:
        raise ControlError(f"mode must be one of {', '.join(MODES)}.")
    if not isinstance(wanted.get("refuse_fields", ""), str):
        raise ControlError("refuse_fields must be a text.")
    if not is_integer(wanted.get("clock", 0)):
        raise ControlError("clock must be a whole number of seconds.")
    return wanted
