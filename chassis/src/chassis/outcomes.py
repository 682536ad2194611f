"""How a remote call ends: Done, Refused or Unknown.

Done and Refused are definite answers. After Unknown the other side may or may not have
acted, so the caller repeats the call with the same idempotency key and undoes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from chassis.errors import Unavailable

Value = TypeVar("Value")


@dataclass(frozen=True)
class Done(Generic[Value]):
    """The other side has done what was asked, and answered with a value."""

    value: Value


@dataclass(frozen=True)
class Refused:
    """The other side has refused and changed nothing; `data` is its JSON, if any."""

    description: str
    data: Mapping[str, Any] = field(default_factory=dict)

    def member(self, name: str) -> str:
        """Return a text of the JSON, such as its `code`; "" if there is none."""
        value = self.data.get(name)
        return value if isinstance(value, str) else ""

    def names(self, *words: str) -> bool:
        """Return whether the description contains one of the words."""
        return any(word in self.description.lower() for word in words)


class Unknown(Unavailable):
    """There is no definite answer; `retry_after` is the requested pause in seconds.

    It is raised where the caller cannot go on, and returned where the caller postpones.
    """

    def __init__(self, why: str, retry_after: float = 0.0) -> None:
        super().__init__(why)
        self.why = why
        self.retry_after = retry_after
