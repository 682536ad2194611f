"""Signs Schemathesis in; its processes load this module (SCHEMATHESIS_HOOKS)."""

import json
import os
from collections.abc import MutableMapping
from typing import Any

import schemathesis
from schemathesis.core.parameters import ParameterLocation as Location

from verification.fuzz import adjusting, repeating, signing
from verification.fuzz.callers import CUSTOMER, RAZORPAY, VARIABLE, Accounts

ACCOUNTS = Accounts(**json.loads(os.environ[VARIABLE]))
SIGNER = signing.Signer(**json.loads(os.environ[RAZORPAY]))
# The operations that exchange credentials of their own, and answer 401 to wrong ones.
EXCHANGES = r"^/user/(register|login|token|token/refresh|password-reset(/confirm)?)/$"
PRODUCT = "/products/{product_id}/"
# The products that were taken off sale. For the public they are gone, as Schemathesis
# expects of what was deleted. Staff still see them, so they are read without a token.
RETIRED: set[Any] = set()


@(
    schemathesis.auth(refresh_interval=86400, retry_on=[401]).skip_for(
        path_regex=EXCHANGES
    )
)
class Token:
    """Sends the role's token, and a new one after a 401."""

    def get(self, _case: Any, _context: Any) -> str:
        """Return a token."""
        return ACCOUNTS.token()

    def set(self, case: Any, token: str, _context: Any) -> None:
        """Send the token with the request."""
        if token and not _is_retired(case):
            case.headers["Authorization"] = f"Bearer {token}"


def _is_retired(case: Any) -> bool:
    is_read = case.operation.label == f"GET {PRODUCT}"
    return is_read and str(case.path_parameters.get("product_id")) in RETIRED


@schemathesis.hook
def after_call(_context: Any, case: Any, response: Any) -> None:
    """Remember the products that were taken off sale."""
    if case.operation.label == f"DELETE {PRODUCT}" and response.status_code == 204:
        RETIRED.add(str(case.path_parameters["product_id"]))


@schemathesis.check
def a_repeated_key_gets_the_first_answer(_ctx: Any, response: Any, _case: Any) -> None:
    """Check the answer to the same request with the same key."""
    repeating.answers_again(response)


@schemathesis.check
def a_cursor_leads_to_the_next_page(_ctx: Any, response: Any, _case: Any) -> None:
    """Check the page after this one."""
    repeating.continues(response)


@schemathesis.hook
def before_call(_context: Any, case: Any, _kwargs: Any) -> None:
    """Replace the values that are valid in form alone."""
    if ACCOUNTS.role == CUSTOMER and _is_valid(case, Location.PATH):
        adjusting.path(case.path_parameters, ACCOUNTS.user_id)
    query_is_valid = _is_valid(case, Location.QUERY)
    case.query = adjusting.query(case.query, is_valid=query_is_valid)
    if isinstance(case.headers, MutableMapping):
        adjusting.headers(case.headers, is_valid=_is_valid(case, Location.HEADER))
    if isinstance(case.body, dict | list) and _is_valid(case, Location.BODY):
        case.body = adjusting.plain(case.body)
    _sign(case)


def _sign(case: Any) -> None:
    """Let Razorpay have signed a share of the callbacks and webhooks."""
    if not _is_positive(case):
        return
    if case.operation.path == signing.CALLBACK:
        SIGNER.callback(case.query)
    elif case.operation.path == signing.WEBHOOK:
        case.body = SIGNER.webhook(case.body, case.headers)


def _is_positive(case: Any) -> bool:
    return case.meta is None or bool(case.meta.generation.mode.is_positive)


def _is_valid(case: Any, place: Location) -> bool:
    """Return whether Schemathesis expects this part of the request to be accepted."""
    if _is_positive(case):
        return True
    return not case.meta.is_negative_at(place)
