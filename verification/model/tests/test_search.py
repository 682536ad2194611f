from typing import ClassVar

from verification.model.base import Model, Violation
from verification.model.rules import Rules
from verification.model.search import explore, in_words


class Counter(Model):
    """Counts to seven by ones and threes; the subclass defines the invariant."""

    name = "counter"

    def starts(self):
        yield "zero", 0

    def environment(self, s):
        if s < 7:
            yield "one more", s + 1
        if s < 5:
            yield ("more:", 3), s + 3

    def check_end(self, s):
        return f"ends at {s}"


def test_every_state_and_transition_is_counted_once():
    report = explore(Counter(Rules()))

    assert (report.states, report.transitions) == (8, 12)
    assert report.ends == {f"ends at {n}" for n in range(8)}
    assert not report.violation


def test_a_counterexample_is_the_shortest():
    class Bad(Counter):
        def check(self, s):
            if s == 4:
                raise Violation("four")

    report = explore(Bad(Rules()))

    assert report.violation == "four"
    assert report.counterexample in (
        ("zero", "one more", "more: 3"),
        ("zero", "more: 3", "one more"),
    )


def test_a_state_is_checked_by_its_recovery_too():
    class Sinks(Counter):
        def work(self, s):
            if s == 5:
                yield "sinks", 9

        def check_end(self, s):
            if s == 9:
                raise Violation("sunk")
            return ""

    report = explore(Sinks(Rules()))

    assert report.violation == "sunk"
    assert len(report.counterexample) == 4


class Restless(Counter):
    """Requests again, gives up at a deadline, and requests again, forever."""

    seen: ClassVar[list[tuple[int, str]]] = []

    def moves(self, s, work):
        return iter(())

    def retries(self, s):
        yield "requested again", 1

    def deadlines(self, s):
        yield "given up", 2

    def check_stage(self, s, stage):
        self.seen.append((s, stage))


def test_deadlines_pass_when_retries_change_nothing_any_more():
    report = explore(Restless(Rules()))

    stages = [(0, "retries"), (1, "retries"), (1, "deadlines"), (2, "retries")]
    assert Restless.seen == stages
    assert report.violation == "livelock: the recovery never ends"


def test_services_that_keep_each_other_busy_are_found():
    class Busy(Counter):
        def work(self, s):
            yield "ping", 1 - s if s < 2 else s

    assert "busy" in explore(Busy(Rules())).violation


def test_states_that_differ_only_in_dropped_messages_are_one():
    class Parity(Counter):
        def drop_useless(self, s):
            return s % 2

    assert explore(Parity(Rules())).states == 2


def test_a_step_is_shown_in_words():
    assert in_words(("lost:", ("a", 1, None))) == "lost: a 1"
