"""The nemesis: executes a plan of faults, and ends them all afterwards."""

import dataclasses
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from verification.faults.catalogue import OURS, POISONS, WEBHOOKS_LOST
from verification.faults.hostile_kinds import BY_HOSTILE
from verification.faults.plans import Action, plan
from verification.faults.provider_kinds import BY_PROVIDER
from verification.faults.proxy import KINDS, Fault, Proxy
from verification.faults.rows import Parameters
from verification.faults.settings import EDGES, HURRY

USUAL_VISIBILITY = int(HURRY["SQS_VISIBILITY_SECONDS"])
BEGIN, END = "begin", "end"
LOSES_QUEUES = ("queue_down", "lose_queues")


class Shop(Protocol):
    """What the nemesis needs of the shop's processes."""

    def kill(self, name: str) -> None:
        """Send a process SIGKILL."""

    def stop(self, name: str) -> None:
        """Send a process SIGTERM and wait for its end."""

    def start(self, name: str) -> None:
        """Start a process."""

    def pause(self, name: str) -> None:
        """Send a process SIGSTOP."""

    def resume(self, name: str) -> None:
        """Send a paused process SIGCONT."""

    def start_second(self, name: str) -> None:
        """Start a second worker beside the first."""

    def stop_second(self, name: str) -> None:
        """Stop the second worker."""

    def restart_database(self) -> None:
        """Crash the database server and start it again."""

    def starve(self, name: str) -> None:
        """Restart a process with one database connection and few files."""

    def feed(self, name: str) -> None:
        """Restart a starved process with its usual resources."""

    def crowd(self, name: str) -> None:
        """Send a service more clients than it can serve."""

    def besiege(self, name: str) -> None:
        """Send a service clients that never finish a request."""

    def relieve(self, name: str) -> None:
        """Disconnect those clients."""

    def lock_database(self, service: str, seconds: float) -> None:
        """Hold the write lock of a service's database for a while."""

    def shift_clock(self, seconds: int) -> None:
        """Move the clock of every process."""

    def send(self, queue: str, body: str) -> None:
        """Put a message into a queue."""

    def set_visibility(self, queue: str, seconds: int) -> None:
        """Set the visibility timeout of a queue."""

    def lose_queues(self) -> None:
        """Kill the queue's emulator, so that all its messages are lost."""

    def begin_at_provider(self, kind: str, parameters: Parameters) -> None:
        """Let the provider's side act by itself."""

    def end_at_provider(self, kind: str, parameters: Parameters) -> None:
        """End what the provider's side has begun."""

    def attack(self, kind: str, service: str, parameters: Parameters) -> None:
        """Send a service hostile clients."""

    def end_attack(self, kind: str, service: str) -> None:
        """Disconnect the hostile clients of a kind."""


class Nemesis:
    """Executes a plan; `done` are the actions that are not faults of the proxy.

    `log` has a line for the start and end of each action, with its time in seconds,
    and with the error of an action that failed.
    """

    def __init__(
        self,
        stack: Shop,
        proxy: Proxy,
        actions: list[Action],
        seconds: float = 0.0,
        *,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.stack, self.proxy = stack, proxy
        self.actions, self.seconds = actions, seconds
        self.sleep, self.now = sleep, now
        self.done: list[Action] = []
        self.log: list[dict[str, Any]] = []

    @property
    def has_lost_queues(self) -> bool:
        """Return whether messages were lost with their queue."""
        return any(action.kind in LOSES_QUEUES for action in self.done)

    def run(self) -> None:
        """Execute all actions in time; return after `seconds` with all faults ended.

        Lost webhooks stay lost until the next run starts, so that only reconciliation
        can detect payments while the shop drains.
        """
        self.started = self.now()
        try:
            for at, step, action in timetable(self.actions):
                self._wait(at)
                self._do(step, action)
            self._wait(self.seconds)
        finally:
            self._heal()

    def _wait(self, until: float) -> None:
        self.sleep(max(0.0, self.started + until - self.now()))

    def _do(self, step: str, action: Action) -> None:
        line = {"time": round(self.now() - self.started, 2), "step": step}
        line |= dataclasses.asdict(action)
        self.log.append(line)
        try:
            EFFECTS[action.kind][step == END](self, action)
        except Exception as error:  # the plan continues in any state of the shop
            line["error"] = f"{type(error).__name__}: {error}"[:300]
            return
        if step == BEGIN and action.kind not in KINDS:
            self.done.append(action)

    def _heal(self) -> None:
        silent = {a.target for a in self.actions if a.kind == WEBHOOKS_LOST.kind}
        for edge in EDGES:
            if edge not in silent:
                self.proxy.heal(edge)


def timetable(actions: list[Action]) -> list[tuple[float, str, Action]]:
    """Return the start and end of all actions in order of time."""
    steps = [step for a in actions for step in ((a.at, BEGIN, a), (a.ends, END, a))]
    return sorted(steps, key=lambda step: step[0])


# ---- the effect of each kind, and how it is ended ----
Effect = Callable[[Nemesis, Action], None]


def _nothing(_nemesis: Nemesis, _action: Action) -> None:
    """Do nothing: the customers implement lost callbacks."""


def _inject(nemesis: Nemesis, action: Action) -> None:
    nemesis.proxy.inject(action.target, Fault(action.kind, **action.parameters))


def _withdraw(nemesis: Nemesis, action: Action) -> None:
    fault = Fault(action.kind, **action.parameters)
    nemesis.proxy.heal(action.target, fault)


def _lose_webhooks(nemesis: Nemesis, action: Action) -> None:
    nemesis.proxy.inject(action.target, Fault("lose_request"))


def _to(verb: str) -> Effect:
    """Return the effect that calls the stack with the action's target."""
    return lambda nemesis, action: getattr(nemesis.stack, verb)(action.target)


def _to_all(verb: str) -> Effect:
    def each(nemesis: Nemesis, _action: Action) -> None:
        for name in OURS:
            getattr(nemesis.stack, verb)(name)

    return each


def _lose_queues(nemesis: Nemesis, _action: Action) -> None:
    nemesis.stack.lose_queues()


def _poison(nemesis: Nemesis, action: Action) -> None:
    nemesis.stack.send(action.target, POISONS[action.parameters["poison"]])


def _shorten(nemesis: Nemesis, action: Action) -> None:
    nemesis.stack.set_visibility(action.target, 1)


def _lengthen(nemesis: Nemesis, action: Action) -> None:
    nemesis.stack.set_visibility(action.target, USUAL_VISIBILITY)


def _shift(nemesis: Nemesis, action: Action) -> None:
    nemesis.stack.shift_clock(action.parameters["seconds"])


def _shift_back(nemesis: Nemesis, action: Action) -> None:
    nemesis.stack.shift_clock(-action.parameters["seconds"])


def _crash_database(nemesis: Nemesis, _action: Action) -> None:
    nemesis.stack.restart_database()


def _lock(nemesis: Nemesis, action: Action) -> None:
    nemesis.stack.lock_database(action.target, action.lasts)


def _begin_at_provider(nemesis: Nemesis, action: Action) -> None:
    nemesis.stack.begin_at_provider(action.kind, action.parameters)


def _end_at_provider(nemesis: Nemesis, action: Action) -> None:
    nemesis.stack.end_at_provider(action.kind, action.parameters)


def _attack(nemesis: Nemesis, action: Action) -> None:
    nemesis.stack.attack(action.kind, action.target, action.parameters)


def _end_attack(nemesis: Nemesis, action: Action) -> None:
    nemesis.stack.end_attack(action.kind, action.target)


EFFECTS: Mapping[str, tuple[Effect, Effect]] = {
    **dict.fromkeys(KINDS, (_inject, _withdraw)),
    **dict.fromkeys(BY_PROVIDER, (_begin_at_provider, _end_at_provider)),
    **dict.fromkeys(BY_HOSTILE, (_attack, _end_attack)),
    "kill": (_to("kill"), _to("start")),
    "kill_all": (_to_all("kill"), _to_all("start")),
    "restart": (_to("stop"), _to("start")),
    "pause": (_to("pause"), _to("resume")),
    "queue_down": (_to("stop"), _to("start")),
    "lose_queues": (_lose_queues, _nothing),
    "poison": (_poison, _nothing),
    "short_visibility": (_shorten, _lengthen),
    "skew": (_shift, _shift_back),
    "jump": (_shift, _nothing),
    "restart_database": (_crash_database, _nothing),
    "lock_database": (_lock, _nothing),
    "starve": (_to("starve"), _to("feed")),
    "crowd": (_to("crowd"), _to("relieve")),
    "slow_clients": (_to("besiege"), _to("relieve")),
    "second_worker": (_to("start_second"), _to("stop_second")),
    "webhooks_lost": (_lose_webhooks, _nothing),
    "callbacks_lost": (_nothing, _nothing),
}


__all__ = ["Action", "Nemesis", "Shop", "plan"]
