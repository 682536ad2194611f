"""The result of a check."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """The result of a check; `is_good` is None if only a person can find out."""

    is_good: bool | None
    text: str
    action: str = ""
