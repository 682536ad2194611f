"""What the calls of the control API share."""

from typing import Any

from razorpay_sandbox.bank import METHODS
from razorpay_sandbox.errors import ApiError
from razorpay_sandbox.json_body import is_integer, read_object
from razorpay_sandbox.unit_of_work import T, UnitOfWork


class ControlError(ApiError):
    """The requested action is not possible; the message explains why."""

    def __init__(self, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.status = status

    def body(self) -> dict[str, Any]:
        """Return {"error": text}."""
        return {"error": self.description}


def read_options(*names: str) -> dict[str, Any]:
    """Return the request's JSON object, which has no other fields than these."""
    options = read_object(ControlError("The body must be a JSON object."))
    if extra := options.keys() - set(names):
        raise ControlError(f"Unknown fields: {', '.join(sorted(extra))}.")
    return options


def get(work: UnitOfWork, table: type[T], row_id: str) -> T:
    """Return a row of the ledger, or raise an error with status 404."""
    row = work.find(table, id=row_id)
    if row is None:
        raise ControlError(f"{table.__name__} {row_id} does not exist.", 404)
    return row


def text(options: dict[str, Any], name: str, default: str) -> str:
    """Return a text of the options."""
    value = options.get(name, default)
    if not isinstance(value, str) or len(value) > 255:
        raise ControlError(f"{name} must be a text.")
    return value


def amount(options: dict[str, Any], default: int) -> int:
    """Return the amount of the options, in paise."""
    value = options.get("amount", default)
    if not is_integer(value) or value < 1:
        raise ControlError("amount must be a positive integer in paise.")
    return int(value)


def method(options: dict[str, Any]) -> str:
    """Return the method of the options, by which the customer pays."""
    value = options.get("method", "upi")
    if value not in METHODS:
        raise ControlError(f"method must be one of {', '.join(METHODS)}.")
    return str(value)
