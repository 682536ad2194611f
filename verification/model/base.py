"""The interface of a model: its states, transitions and invariants."""

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from verification.model.rules import Rules

Name = str | tuple[Any, ...]
Step = tuple[Name, Any]
T = TypeVar("T", bound=tuple[Any, ...])


def quick(record: type[T]) -> type[T]:
    """Make the `_replace` of a named tuple faster: a search calls it most of all."""
    fields: tuple[str, ...] = record._fields  # type: ignore[attr-defined]
    places = {name: place for place, name in enumerate(fields)}

    def replace(self: T, /, **changes: Any) -> T:
        values = list(self)
        for name, value in changes.items():
            values[places[name]] = value
        return tuple.__new__(record, values)

    record._replace = replace  # type: ignore[attr-defined]
    return record


class Violation(Exception):
    """An invariant is violated; the text names it."""


class Model:
    """States and transitions; a subclass defines them.

    `work` is what the services do by themselves, `retries` what they repeat until it
    is answered, `deadlines` what happens when a time limit is over, `environment` all
    else: customers, rivals, faults, and what staff do at any moment. `people` is what
    staff do after an alert, when nothing else can happen.
    With `loss` any message may also be lost.
    """

    name: str

    def __init__(self, rules: Rules, *, loss: bool = False) -> None:
        self.rules = rules
        self.loss = loss

    def starts(self) -> Iterable[Step]:
        """Return the initial states."""
        raise NotImplementedError

    def work(self, s: Any) -> Iterable[Step]:
        """Return what the services do by themselves."""
        return ()

    def retries(self, s: Any) -> Iterable[Step]:
        """Return what is requested or published again."""
        return ()

    def deadlines(self, s: Any) -> Iterable[Step]:
        """Return what happens when a time limit is over."""
        return ()

    def people(self, s: Any) -> Iterable[Step]:
        """Return what staff do after an alert."""
        return ()

    def environment(self, s: Any) -> Iterable[Step]:
        """Return what customers, rivals, staff and faults may do at any moment."""
        return ()

    def drop_useless(self, s: Any) -> Any:
        """Return the state without messages that have no effect any more."""
        return s

    def check_no_effect(self, before: Any, after: Any) -> None:
        """Raise Violation when a dropped message changes more than the queue."""
        if after._replace(queue=before.queue) != before:
            raise Violation("a message that was dropped as useless has an effect")

    def check(self, s: Any) -> None:
        """Raise Violation when the state violates an invariant."""

    def check_stage(self, s: Any, stage: str) -> None:
        """Raise Violation when the state needs a stage that should not be necessary."""

    def check_end(self, s: Any) -> str:
        """Raise Violation for a bad final state; return a description of a good one."""
        raise NotImplementedError

    def moves(self, s: Any, work: Iterable[Step]) -> Iterator[Step]:
        """Return all transitions from a state, of which `work` is known."""
        yield from work
        for part in (self.retries, self.deadlines, self.environment):
            yield from part(s)
