"""What becomes of a state when no more faults happen."""

from collections.abc import Callable, Iterable
from typing import Any

from verification.model.base import Model, Step, Violation

STAGES = ("clocks", "deadlines", "people")
PATIENCE = 100  # steps; a course that is longer makes new states for ever


class Healing:
    """Follows one fair course from any state to its end, and remembers it.

    Work goes on until there is none. Then the clocks ask again; when that changes
    nothing any more, deadlines pass; people come last. Every other course begins in
    another state, and the search lets each of those heal as well.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.rests: dict[Any, Any] = {}
        self.ends: dict[Any, str] = {}

    def end(self, state: Any) -> str:
        """Return the end in words; raise Violation for a bad one, or for none."""
        path: dict[Any, None] = {}
        state = self.rest(state)
        while state not in self.ends:
            if state in path or len(path) > PATIENCE:
                raise Violation("livelock: it goes on for ever")
            path[state] = None
            after = self._next(state)
            if after is None:
                self.model.check(state)
                self.ends[state] = self.model.check_end(state)
            else:
                state = after
        self.ends.update(dict.fromkeys(path, self.ends[state]))
        return self.ends[state]

    def rest(self, state: Any) -> Any:
        """Return where the work that is under way leads to."""
        path: dict[Any, None] = {}
        while state not in self.rests:
            if state in path:
                raise Violation("livelock: the services keep each other busy")
            path[state] = None
            after = self._changed(state, self.model.work)
            if after is None:
                self.rests[state] = state
            else:
                state = after
        found = self.rests[state]
        self.rests.update(dict.fromkeys(path, found))
        return found

    def _next(self, state: Any) -> Any:
        """Return the first rest that a later stage leads to, if any does."""
        for stage in STAGES:
            self.model.check_patience(state, stage)
            for _, found in getattr(self.model, stage)(state):
                after = self.rest(self.model.forget(found))
                if after != state:
                    return after
        return None

    def _changed(self, state: Any, moves: Callable[[Any], Iterable[Step]]) -> Any:
        for _, found in moves(state):
            after = self.model.forget(found)
            if after != state:
                return after
        return None
