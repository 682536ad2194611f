"""One worker at a time acts on a due row; a row that fails holds up no other."""

from datetime import timedelta

import pytest
from sqlalchemy import String, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis import clock, leases
from chassis.db import AuditModel, Id, Moment, UtcDateTime


class Base(DeclarativeBase):
    pass


class Task(AuditModel, Base):
    __tablename__ = "tasks"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(20))
    attempts: Mapped[int] = mapped_column(default=0)
    next_check_at: Mapped[Moment | None] = mapped_column(UtcDateTime)
    repeat_at: Mapped[Moment | None] = mapped_column(UtcDateTime)


@pytest.fixture
def tasks(session, hold_clock):
    """Return `tasks(*seconds)`: rows that are due at these seconds, None for never."""
    Base.metadata.create_all(session.connection())
    session.commit()

    def make(*seconds):
        start = clock.now()
        made = [Task(name=f"task {s}", next_check_at=_at(start, s)) for s in seconds]
        session.add_all(made)
        session.commit()
        return [task.id for task in made]

    yield make
    session.rollback()
    Base.metadata.drop_all(session.connection())
    session.commit()


def _at(start, seconds):
    return None if seconds is None else start + timedelta(seconds=seconds)


def read(session, row_id):
    session.rollback()
    return session.get(Task, row_id, populate_existing=True)


def seconds_left(session, row_id):
    return (read(session, row_id).next_check_at - clock.now()).total_seconds()


def test_due_rows_are_found_the_longest_waiting_first(tasks):
    late, now, _later, _never = tasks(-1, -5, 1, None)

    assert leases.due(Task) == [now, late]
    assert leases.due(Task, Task.id == late) == [late]
    assert leases.due(Task, limit=1) == [now]


def test_a_leased_row_is_due_for_nobody_else_until_the_lease_ends(
    tasks, session, hold_clock
):
    (row,) = tasks(0)

    assert leases.lease(Task, 30) == [row]
    session.commit()

    assert leases.due(Task) == []
    assert leases.lease(Task, 30) == []
    hold_clock(31)
    assert leases.lease(Task, 30) == [row]
    assert read(session, row).attempts == 1  # the second lease was not committed


def test_a_batch_is_leased_in_one_statement(tasks):
    rows = tasks(-3, -2, -1, 5)

    assert leases.lease(Task, 30, limit=2) == rows[:2]
    assert leases.lease(Task, 30) == [rows[2]]


def test_a_full_batch_leases_the_rows_that_wait_longest(tasks):
    _late, longest, longer = tasks(-1, -9, -5)

    assert set(leases.lease(Task, 30, limit=2)) == {longest, longer}


def test_a_lease_does_not_change_when_the_row_was_changed(tasks, session, hold_clock):
    (row,) = tasks(0)
    before = read(session, row).updated_at

    hold_clock(5)
    leases.lease(Task, 30)
    leases.postpone(Task, row, timedelta(seconds=60))
    session.commit()

    assert read(session, row).updated_at == before


def test_a_released_row_is_never_due(tasks, session, hold_clock):
    (row,) = tasks(0)
    leases.lease(Task, 30)
    leases.release(Task, row)
    session.commit()

    hold_clock(10**6)
    assert leases.due(Task) == []


def test_a_postponed_row_is_due_after_its_pause(tasks, session):
    (row,) = tasks(0)
    leases.lease(Task, 30)
    leases.postpone(Task, row, timedelta(seconds=7))
    session.commit()

    assert seconds_left(session, row) == 7
    assert leases.attempts(Task, row) == 1


def test_a_row_that_became_due_during_its_lease_stays_due(tasks, session):
    (row,) = tasks(0)  # somebody has made it due again meanwhile

    leases.postpone(Task, row, timedelta(seconds=60))
    session.commit()

    assert leases.due(Task) == [row]


def test_a_released_row_is_postponed_on_demand_alone(tasks, session):
    (row,) = tasks(None)

    leases.postpone(Task, row, timedelta(seconds=60))
    assert read(session, row).next_check_at is None
    leases.postpone(Task, row, timedelta(seconds=60), if_released=True)
    session.commit()

    assert seconds_left(session, row) == 60


def test_a_row_is_made_due_unless_it_is_due_before(tasks, session):
    never, late, due = tasks(None, 60, -60)

    for row in (never, late, due):
        leases.make_due(Task, row, when=clock.now() + timedelta(seconds=5))
    session.commit()

    assert [seconds_left(session, row) for row in (never, late, due)] == [5, 5, -60]
    leases.make_due(Task, late)
    session.commit()
    assert leases.due(Task) == [due, late]


def test_a_row_that_the_rules_leave_out_is_not_made_due(tasks, session):
    (row,) = tasks(60)

    leases.make_due(Task, row, Task.name == "another")
    session.commit()

    assert leases.due(Task) == []


def test_another_column_can_be_leased_and_counts_no_attempt(tasks, session):
    (row,) = tasks(None)
    read(session, row).repeat_at = clock.now()
    session.commit()

    assert leases.due(Task, column="repeat_at") == [row]
    assert leases.lease(Task, 30, column="repeat_at") == [row]
    session.commit()

    assert leases.due(Task, column="repeat_at") == []
    assert leases.attempts(Task, row) == 0


def test_each_due_row_is_acted_on_once(tasks):
    rows, seen = tasks(-1, -2, 9), []

    assert leases.each(Task, 30, seen.append) == 2
    assert seen == [rows[1], rows[0]]
    assert leases.each(Task, 30, seen.append) == 0


def test_a_due_row_that_no_longer_matches_the_rules_is_left_alone(tasks, session):
    first, second = tasks(-2, -1)
    seen = []

    def act(row_id):
        seen.append(row_id)
        read(session, second).name = "done"
        session.commit()

    assert leases.each(Task, 30, act, Task.name != "done") == 1
    assert seen == [first]
    assert leases.attempts(Task, second) == 0


def test_the_lease_is_committed_before_the_act(tasks, session):
    (row,) = tasks(0)

    def act(row_id):
        session.rollback()
        assert session.get(Task, row_id).attempts == 1

    assert leases.each(Task, 30, act) == 1
    assert leases.due(Task) == []
    assert leases.attempts(Task, row) == 1


def test_a_row_that_fails_holds_up_no_other_and_is_due_after_its_lease(
    tasks, session, hold_clock
):
    bad, good = tasks(-2, -1)
    seen = []

    def act(row_id):
        session.execute(select(Task))
        if row_id == bad:
            raise RuntimeError("broken")
        seen.append(row_id)

    assert leases.each(Task, 30, act) == 1
    assert seen == [good]
    hold_clock(31)
    assert bad in leases.due(Task)


def test_a_row_that_fails_again_and_again_waits_longer_each_time(
    tasks, session, hold_clock
):
    (row,) = tasks(0)
    now, waits = 0, []

    def act(_):
        raise UnicodeEncodeError("latin-1", "", 0, 1, "a secret with U+200B")

    for _ in range(4):
        leases.each(Task, 30, act)
        waits.append(seconds_left(session, row))
        hold_clock(now := now + waits[-1])

    assert waits == [30, 60, 120, 120]


def test_a_failure_in_another_column_leaves_the_next_check_alone(
    tasks, session, hold_clock
):
    (row,) = tasks(7)
    read(session, row).repeat_at = clock.now()
    session.commit()

    def act(_):
        raise RuntimeError("broken")

    assert leases.each(Task, 30, act, column="repeat_at") == 0

    assert seconds_left(session, row) == 7
    assert read(session, row).repeat_at - clock.now() == timedelta(seconds=30)


def test_a_row_that_became_due_while_it_failed_stays_due(tasks):
    (row,) = tasks(0)

    def act(row_id):
        leases.make_due(Task, row_id)
        leases.current_db().session.commit()
        raise RuntimeError

    leases.each(Task, 30, act)

    assert leases.due(Task) == [row]


def test_a_row_whose_pause_cannot_be_stored_keeps_its_lease(
    tasks, session, monkeypatch
):
    (row,) = tasks(0)

    def act(_):
        monkeypatch.setattr(leases, "postpone", fail)
        raise RuntimeError

    def fail(*_):
        raise OperationalError("UPDATE", {}, Exception("database is locked"))

    assert leases.each(Task, 30, act) == 0
    assert seconds_left(session, row) == 30


def test_a_turn_ends_after_some_seconds_though_more_is_due(tasks, monkeypatch):
    rows, seen, passed = tasks(-2, -1), [], iter([0.0, 1.0, 9.0])
    monkeypatch.setattr(leases.time, "monotonic", lambda: next(passed))

    assert leases.each(Task, 30, seen.append) == 1
    assert seen == rows[:1]


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(0, 1), (1, 2), (4, 16), (5, 30), (1000, 30), (-3, 1)]
)
def test_pauses_double_up_to_the_longest(attempts, seconds):
    assert leases.backoff(attempts, 1, 30) == timedelta(seconds=seconds)


def test_jitter_shortens_a_pause_by_half_at_most():
    pauses = {leases.backoff(3, 1, 30, jitter=True).total_seconds() for _ in range(50)}

    assert len(pauses) > 1
    assert 4 <= min(pauses) <= max(pauses) <= 8
