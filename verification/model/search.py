"""The model checker: visits every reachable state, and finds the first violation.

The search is breadth first, so a counterexample has the fewest steps possible. Each
state is checked; then the faults end, messages arrive, and the final state that this
recovery leads to is checked too. States must be hashable and comparable.
"""

import gc
import time
from collections import deque
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from verification.model.base import Model, Name, Violation
from verification.model.recovery import Recovery

EVERY = 5000  # states between two reports of progress


@dataclass
class Report:
    """The result of a search: its size, and the violation with its counterexample."""

    states: int = 0
    transitions: int = 0
    ends: set[str] = field(default_factory=set)
    violation: str = ""
    counterexample: tuple[str, ...] = ()
    seconds: float = 0.0


class Search:
    """A search in progress; `reached` holds each state's step and its predecessor."""

    def __init__(self, model: Model, progress: Callable[[int], None]) -> None:
        self.model, self.progress = model, progress
        self.recovery = Recovery(model)
        self.reached: dict[Hashable, tuple[Name, Any]] = {}
        self.waiting: deque[Any] = deque()
        self.report = Report()

    def add(self, name: Name, found: Any, before: Any) -> None:
        """Queue a state that is new."""
        if found in self.reached:  # it was stored after `drop_useless`
            return
        state = self.model.drop_useless(found)
        if state is found or state not in self.reached:
            self.reached[state] = (name, before)
            self.waiting.append(state)
            if len(self.reached) % EVERY == 0:
                self.progress(len(self.reached))

    def visit(self, state: Any) -> None:
        """Check a state and its recovery, and queue its successors."""
        self.model.rules.at = state
        self.model.check(state)
        self.report.ends.add(self.recovery.end(state))
        for name, after in self.model.moves(state, self.recovery.take_work(state)):
            self.report.transitions += 1
            if after is not state:
                self.add(name, after, state)

    def trace(self, state: Any) -> tuple[str, ...]:
        """Return the steps that lead to a state, in words."""
        steps: list[str] = []
        while state is not None:
            name, state = self.reached[state]
            steps.append(in_words(name))
        return tuple(reversed(steps))


def explore(
    model: Model, progress: Callable[[int], None] = lambda states: None
) -> Report:
    """Visit every reachable state; stop at the first violation.

    `progress` is called with the number of states found, from time to time.
    """
    return run(Search(model, progress)).report


def run(search: Search) -> Search:
    """Run a search; afterwards it can return traces."""
    started = time.perf_counter()
    for name, state in search.model.starts():
        search.add(name, state, None)
    with _no_collector():
        while search.waiting and not search.report.violation:
            state = search.waiting.popleft()
            try:
                search.visit(state)
            except Violation as why:
                search.report.violation = str(why)
                search.report.counterexample = search.trace(state)
    search.report.states = len(search.reached)
    search.report.seconds = time.perf_counter() - started
    return search


@contextmanager
def _no_collector() -> Iterator[None]:
    """Switch the garbage collector off: states contain no reference cycles."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def in_words(name: Any) -> str:
    """Return a step's name as text; the parts of a tuple are joined by spaces."""
    if isinstance(name, tuple):
        return " ".join(in_words(part) for part in name if part is not None)
    return str(name)
