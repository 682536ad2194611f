"""Every state that a model can reach, and the shortest story of the first bad one.

Breadth first, so that the story of a violation has the fewest steps. Each state is
checked, then left to heal: faults end, what is under way arrives, and where that
leads must be good. States are hashable, and equal when they are the same.
"""

import gc
import time
from collections import deque
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from verification.model.base import Model, Name, Violation
from verification.model.healing import Healing

EVERY = 5000  # states between two reports of progress


@dataclass
class Report:
    """What a search has found: how far it came, what was wrong, how it comes to it."""

    states: int = 0
    transitions: int = 0
    ends: set[str] = field(default_factory=set)
    violation: str = ""
    story: tuple[str, ...] = ()
    seconds: float = 0.0


class Search:
    """A search under way; `came` holds each state's step and the state before it."""

    def __init__(self, model: Model, tell: Callable[[int], None]) -> None:
        self.model, self.tell = model, tell
        self.healing = Healing(model)
        self.came: dict[Hashable, tuple[Name, Any]] = {}
        self.waiting: deque[Any] = deque()
        self.report = Report()

    def meet(self, name: Name, found: Any, before: Any) -> None:
        """Keep a state that is new, to be visited later."""
        if found in self.came:  # so it has nothing to forget
            return
        state = self.model.forget(found)
        if state not in self.came:
            self.came[state] = (name, before)
            self.waiting.append(state)
            if len(self.came) % EVERY == 0:
                self.tell(len(self.came))

    def visit(self, state: Any) -> None:
        """Check a state and its end, and meet all that may come next."""
        self.model.rules.at = state
        self.model.check(state)
        self.report.ends.add(self.healing.end(state))
        for name, after in self.model.moves(state):
            self.report.transitions += 1
            self.meet(name, after, state)

    def story(self, state: Any) -> tuple[str, ...]:
        """Return the steps that led to a state, in words."""
        steps: list[str] = []
        while state is not None:
            name, state = self.came[state]
            steps.append(in_words(name))
        return tuple(reversed(steps))


def explore(model: Model, tell: Callable[[int], None] = lambda states: None) -> Report:
    """Visit every reachable state; stop at the first violation.

    `tell` is given the number of states found, from time to time.
    """
    return run(Search(model, tell)).report


def run(search: Search) -> Search:
    """Carry a search out; it can be asked for stories afterwards."""
    started = time.perf_counter()
    for name, state in search.model.starts():
        search.meet(name, state, None)
    with _no_collector():
        while search.waiting and not search.report.violation:
            state = search.waiting.popleft()
            try:
                search.visit(state)
            except Violation as why:
                search.report.violation = str(why)
                search.report.story = search.story(state)
    search.report.states = len(search.came)
    search.report.seconds = time.perf_counter() - started
    return search


@contextmanager
def _no_collector() -> Iterator[None]:
    """Spare the looks at every state again and again: nothing here is a cycle."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def in_words(name: Any) -> str:
    """Return a step's name as text; the parts of a tuple stand beside each other."""
    if isinstance(name, tuple):
        return " ".join(in_words(part) for part in name if part is not None)
    return str(name)
