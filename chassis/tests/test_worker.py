"""The worker: every loop runs, none stops another, all end at a signal."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from flask import current_app
from sqlalchemy import select
from tiny import Inbox, Outbox, Thing, db

from chassis import correlation, worker
from chassis.worker import Job
from devtools.testkit.plugin import SECRET

pytestmark = pytest.mark.usefixtures("sqs")


@pytest.fixture
def with_jobs(app):
    """Return a function that gives the app's worker these jobs alone."""

    def give(**jobs):
        worker.init_app(app, jobs=jobs)
        return app

    return give


def test_draining_runs_all_until_nothing_is_left(app, client, tokens):
    for _ in range(4):
        client.post("/things/", json={"name": "a", "price": "1"}, headers=tokens.user())

    worker.drain(app)

    with app.app_context():
        assert db.session.query(Inbox).count() == 4
        assert db.session.query(Outbox).filter_by(published_at=None).count() == 0
        assert set(db.session.scalars(select(Thing.left))) == {4}


def test_draining_gives_up_on_work_without_end(with_jobs):
    app = with_jobs(endless=Job(lambda: 1, 0))

    with pytest.raises(TimeoutError, match="still works after 5 rounds"):
        worker.drain(app, rounds=5)


def test_a_job_that_fails_stops_no_other(with_jobs):
    done = []

    def fail():
        db.session.add(Thing(name="half done", price=1))
        db.session.flush()
        raise RuntimeError("broke")

    def work():
        done.append(db.session.query(Thing).count())
        return 0

    worker.drain(with_jobs(bad=Job(fail, 0), good=Job(work, 0)))

    assert done == [0]


def running(app, stop):
    thread = threading.Thread(target=worker.run, args=(app, stop))
    thread.start()
    return thread


def test_a_loop_that_fails_goes_on_and_stops_no_other(with_jobs):
    stop, tries, others = threading.Event(), [], []
    enough = threading.Event()

    def fail():
        tries.append(1)
        raise RuntimeError("broke")

    def work():
        others.append(1)
        if tries and len(others) > 3:
            enough.set()
        return 0

    thread = running(with_jobs(bad=Job(fail, 60), good=Job(work, 0.001)), stop)
    assert enough.wait(20)
    stop.set()
    thread.join(20)

    assert not thread.is_alive()


def test_running_ends_when_what_is_in_hand_is_finished(with_jobs):
    stop, begun, finished = threading.Event(), threading.Event(), []

    def work():
        begun.set()
        assert stop.wait(20)
        finished.append(1)
        return 1

    thread = running(with_jobs(slow=Job(work, 60)), stop)
    assert begun.wait(20)
    stop.set()
    thread.join(20)

    assert finished == [1]
    assert not thread.is_alive()


def test_a_loop_at_rest_ends_at_once(with_jobs):
    stop, rested = threading.Event(), threading.Event()

    def work():
        rested.set()
        return 0

    thread = running(with_jobs(rare=Job(work, 3600)), stop)
    assert rested.wait(20)
    stop.set()
    thread.join(20)

    assert not thread.is_alive()


def test_work_that_is_left_is_done_without_rest(with_jobs):
    stop, left = threading.Event(), [5, 4, 3, 2, 1]
    empty = threading.Event()

    def work():
        if not left:
            empty.set()
            return 0
        return left.pop()

    thread = running(with_jobs(busy=Job(work, 3600)), stop)
    assert empty.wait(20)
    stop.set()
    thread.join(20)


class Clock:
    """A monotonic clock, moved by each wait of the event that it gives."""

    def __init__(self, monkeypatch):
        self.now, self.waits = 100.0, []
        monkeypatch.setattr(worker.time, "monotonic", lambda: self.now)

    def is_set(self):
        return False

    def wait(self, seconds):
        self.waits.append(seconds)
        self.now += seconds
        return False


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


def test_a_worker_with_work_polls_at_its_own_pace(clock):
    pauses = worker.Pauses(clock)

    pauses.pause(0.1)

    assert clock.waits == [0.1]


def test_an_idle_worker_polls_less_often(clock):
    pauses = worker.Pauses(clock)
    clock.now += worker.BUSY

    pauses.pause(0.125)

    assert clock.waits == [0.125] * 4


def test_the_pause_of_an_idle_worker_ends_with_the_next_work(clock, monkeypatch):
    pauses = worker.Pauses(clock)
    clock.now += worker.BUSY + 1

    def wait(seconds):
        if clock.waits:
            pauses.note_work()  # another loop, meanwhile
        return Clock.wait(clock, seconds)

    monkeypatch.setattr(clock, "wait", wait)
    pauses.pause(0.125)

    assert clock.waits == [0.125] * 2


@pytest.mark.parametrize("every", [0, 15, 600])
def test_messages_and_rare_jobs_are_not_waited_for_longer(clock, every):
    pauses = worker.Pauses(clock)
    clock.now += worker.BUSY + 1

    pauses.pause(every)

    assert clock.waits == [every]


def test_each_turn_has_a_correlation_id_and_a_session_of_its_own(app):
    ids, sessions = [], []

    def work():
        ids.append(correlation.current())
        sessions.append(db.session())
        return 0

    for _ in range(2):
        worker.once(app, "turn", Job(work, 0))

    assert len(set(ids)) == len({id(s) for s in sessions}) == 2


def test_a_step_that_failed_is_reported(app):
    def fail():
        raise RuntimeError("broke")

    assert worker.once(app, "bad", Job(fail, 0)) == -1
    assert worker.once(app, "good", Job(lambda: 3, 0)) == 3


def test_a_service_without_queues_only_prunes(with_jobs):
    assert worker.loops(with_jobs()).keys() == {"prune"}


def test_pruning_forgets_what_is_old(app, client, tokens, move_clock):
    headers = {**tokens.user(), "Idempotency-Key": "k1"}
    client.post("/things/", json={"name": "a", "price": "1"}, headers=headers)
    worker.drain(app)
    move_clock(40 * 86400)
    with app.app_context():
        assert worker.loops(app)["prune"].run() == 3
        for table in ("outbox", "inbox", "idempotency_keys"):
            model = app.extensions["chassis_models"][table]
            assert db.session.query(model).count() == 0


def test_jobs_run_inside_the_app(with_jobs):
    names = []

    def work():
        names.append(current_app.name)
        return 0

    worker.drain(with_jobs(named=Job(work, 0)))

    assert names == ["tiny"]


def test_the_process_ends_at_sigterm(app, tmp_path):
    # a worker without a job would end by itself, at times before the signal
    (tmp_path / "quiet.py").write_text(
        "from tiny import create_app as make\n"
        "from chassis import worker\n"
        "def create_app():\n"
        "    app = make()\n"
        "    idle = worker.Job(lambda: 0, 3600)\n"
        "    app.extensions['work'] = worker.Work({'idle': idle}, {})\n"
        "    return app\n"
    )
    paths = os.pathsep.join([str(tmp_path), str(Path(__file__).parent)])
    environ = {
        **os.environ,
        "PYTHONPATH": paths,
        "APP_ENV": "test",
        "SECRET_KEY": SECRET,
        "PUBLIC_URL": "http://127.0.0.1",
        "DATABASE_URL": app.extensions["test_database"],
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "quiet", "worker"],
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert any("worker ready" in line for line in process.stdout)
        process.send_signal(signal.SIGTERM)
        rest = process.stdout.read()

    assert process.returncode == 0
    assert "worker stopped" in rest
