"""Signs Schemathesis in; its processes load this module (SCHEMATHESIS_HOOKS)."""

import json
import os
from collections.abc import MutableMapping
from typing import Any

import schemathesis
from schemathesis.core.parameters import ParameterLocation as Location

from verification.fuzz import adjusting
from verification.fuzz.callers import CUSTOMER, VARIABLE, Accounts

ACCOUNTS = Accounts(**json.loads(os.environ[VARIABLE]))
# The operations that exchange credentials of their own, and answer 401 to wrong ones.
EXCHANGES = r"^/user/(register|login|token|token/refresh|password-reset(/confirm)?)/$"
# Staff still see a product that was taken off sale; the public does not.
PRODUCT = r"^/products/\{product_id\}/$"


@(
    schemathesis.auth(refresh_interval=86400, retry_on=[401])
    .skip_for(path_regex=EXCHANGES)
    .skip_for(method="GET", path_regex=PRODUCT)
)
class Token:
    """Sends the role's token, and a new one after a 401."""

    def get(self, _case: Any, _context: Any) -> str:
        """Return a token."""
        return ACCOUNTS.token()

    def set(self, case: Any, token: str, _context: Any) -> None:
        """Send the token with the request."""
        if token:
            case.headers["Authorization"] = f"Bearer {token}"


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


def _is_valid(case: Any, place: Location) -> bool:
    """Return whether Schemathesis expects this part of the request to be accepted."""
    if case.meta is None or case.meta.generation.mode.is_positive:
        return True
    return not case.meta.is_negative_at(place)
