"""Where a state leads when no more faults happen."""

from collections.abc import Iterator
from itertools import tee
from typing import Any

from verification.model.base import Model, Step, Violation

STAGES = ("retries", "deadlines", "people")
MAX_STEPS = 100  # steps; a longer recovery produces new states forever


class Recovery:
    """Follows one fair execution from any state to its end, and caches the result.

    Work runs until none is left. Then retries repeat what is unanswered; when they
    change nothing more, deadlines pass; staff act last. Every other execution starts
    from another state, and the search runs the recovery of each of those as well.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.rests: dict[Any, Any] = {}
        self.ends: dict[Any, str] = {}
        self.work: dict[Any, Iterator[Step]] = {}

    def end(self, state: Any) -> str:
        """Describe the final state; raise Violation when it is bad or never reached."""
        path: dict[Any, None] = {}
        state = self.rest(state)
        while state not in self.ends:
            if state in path or len(path) > MAX_STEPS:
                raise Violation("livelock: the recovery never ends")
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
        """Return the state in which no service has work left."""
        path: dict[Any, None] = {}
        while state not in self.rests:
            if state in path:
                raise Violation("livelock: the services keep each other busy")
            path[state] = None
            after = self._worked(state)
            if after is None:
                self.rests[state] = state
            else:
                state = after
        found = self.rests[state]
        self.rests.update(dict.fromkeys(path, found))
        return found

    def _next(self, state: Any) -> Any:
        """Return the next state at rest that a later stage leads to, or None."""
        for stage in STAGES:
            self.model.check_stage(state, stage)
            for _, found in getattr(self.model, stage)(state):
                after = self.rest(self.model.drop_useless(found))
                if after != state:
                    return after
        return None

    def take_work(self, state: Any) -> Iterator[Step]:
        """Return the work of a state whose recovery is known, without repeating it."""
        return self.work.pop(state)

    def _worked(self, state: Any) -> Any:
        """Return the next state that the services' work leads to, or None."""
        moves, self.work[state] = tee(self.model.work(state))
        for _, found in moves:
            after = self.model.drop_useless(found)
            if after != state:
                return after
        return None
