"""A difference between our rows and Razorpay's lists."""

from dataclasses import dataclass
from typing import Any

from payment_svc.models import DriftKind

LENGTH = 255  # of the columns


def printable(text: str) -> str:
    """Return a text of Razorpay as a column and a terminal can hold it."""
    return "".join(x if x.isprintable() else " " for x in text)[:LENGTH]


@dataclass(frozen=True)
class Difference:
    """What we have and what Razorpay has; `due` is the row whose poll repairs it."""

    kind: DriftKind
    razorpay_id: str
    ours: str
    theirs: str
    payment_id: int | None = None
    due: tuple[type[Any], int] | None = None
