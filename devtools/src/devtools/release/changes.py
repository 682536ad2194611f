"""One narrowing of a contract, and those between two schemas of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from devtools.release import schemas

Documents = tuple[Any, Any]


@dataclass(frozen=True, order=True)
class Narrowing:
    """What is narrower: a place such as `POST /orders/`, its member, and the change."""

    place: str
    member: str
    text: str

    def __str__(self) -> str:
        """Return the line that is shown."""
        where = f"{self.place}: {self.member}" if self.member else f"{self.place}:"
        return f"{where} {self.text}"


def accepted(
    place: str, old: Any, new: Any, documents: Documents, member: str = ""
) -> Iterator[Narrowing]:
    """Yield what the new schema refuses, as narrowings of a place."""
    pair = schemas.Pair({}, {}, documents).at(old, new, member)
    found = schemas.accepted(pair)
    return (Narrowing(place, one.member, one.text) for one in found)


def promised(
    place: str, old: Any, new: Any, documents: Documents
) -> Iterator[Narrowing]:
    """Yield what the new schema no longer promises, as narrowings of a place."""
    pair = schemas.Pair({}, {}, documents).at(old, new, "")
    found = schemas.promised(pair)
    return (Narrowing(place, one.member, one.text) for one in found)
