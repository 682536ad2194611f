"""What the search asks of a model."""

from collections.abc import Iterable, Iterator
from typing import Any

from verification.model.rules import Rules

Name = str | tuple[Any, ...]
Step = tuple[Name, Any]


class Violation(Exception):
    """A promise is broken; the text says which."""


class Model:
    """A world of states and moves; a subclass fills in what it knows.

    `work` is what the services do by themselves, `clocks` what they repeat until it
    is answered, `deadlines` what happens when somebody's time is over, `trouble` all
    else: customers, rivals, faults, and what staff do at any moment. `people` is what
    staff do in the end, after an alert, when nothing else goes on.
    With `loss` any message may vanish for ever besides.
    """

    name: str

    def __init__(self, rules: Rules, *, loss: bool = False) -> None:
        self.rules = rules
        self.loss = loss

    def starts(self) -> Iterable[Step]:
        """Return how the world may begin."""
        raise NotImplementedError

    def work(self, s: Any) -> Iterable[Step]:
        """Return what the services do by themselves."""
        return ()

    def clocks(self, s: Any) -> Iterable[Step]:
        """Return what is asked and told again."""
        return ()

    def deadlines(self, s: Any) -> Iterable[Step]:
        """Return what happens when somebody's time is over."""
        return ()

    def people(self, s: Any) -> Iterable[Step]:
        """Return what staff do in the end."""
        return ()

    def trouble(self, s: Any) -> Iterable[Step]:
        """Return what customers, rivals, staff and faults may do at any moment."""
        return ()

    def forget(self, s: Any) -> Any:
        """Return the state without what can have no effect any more."""
        return s

    def see_no_effect(self, before: Any, after: Any) -> None:
        """Raise Violation when what is forgotten did more than to repeat an answer."""
        if after._replace(queue=before.queue) != before:
            raise Violation("what is forgotten has an effect")

    def check(self, s: Any) -> None:
        """Raise Violation for a state that must never be."""

    def check_patience(self, s: Any, stage: str) -> None:
        """Raise Violation for a state that should come to its end without this."""

    def check_end(self, s: Any) -> str:
        """Raise Violation for a bad end; return a good one in words."""
        raise NotImplementedError

    def moves(self, s: Any) -> Iterator[Step]:
        """Return all that may happen next."""
        for part in (self.work, self.clocks, self.deadlines, self.trouble):
            yield from part(s)
