"""The background thread."""

from queue import Queue
from threading import Thread

from razorpay_sandbox.background import Background

LONG = 3600.0


def run(*jobs):
    background = Background(jobs)
    background.start()
    return background


def test_a_job_is_run_again_after_the_seconds_that_it_returns():
    runs = Queue()
    pauses = iter([0.0, 0.0, LONG])

    def job():
        runs.put("run")
        return next(pauses)

    background = run(job)
    found = [runs.get(timeout=20) for _ in range(3)]
    background.stop()

    assert found == ["run"] * 3
    assert runs.empty()


def test_the_shortest_wait_of_all_jobs_counts():
    runs = Queue()
    pauses = iter([0.0, LONG])

    def slow():
        runs.put("slow")
        return LONG

    background = run(slow, lambda: next(pauses))
    found = [runs.get(timeout=20) for _ in range(2)]
    background.stop()

    assert found == ["slow", "slow"]


def test_a_wake_runs_the_jobs_at_once():
    runs = Queue()

    def job():
        runs.put("run")
        return LONG

    background = run(job)
    runs.get(timeout=20)
    background.wake()
    second = runs.get(timeout=20)
    background.stop()

    assert second == "run"


def test_a_job_that_fails_is_logged_and_the_others_still_run(caplog):
    runs = Queue()

    def fail():
        raise OSError("the disk is full")

    def job():
        runs.put("run")
        return LONG

    background = run(fail, job)
    runs.get(timeout=20)
    background.wake()
    second = runs.get(timeout=20)
    background.stop()

    assert second == "run"
    assert "background job failed" in caplog.text
    assert "the disk is full" in caplog.text


def test_a_stop_waits_for_the_running_job():
    started, may_end, ended = Queue(), Queue(), []

    def job():
        started.put("run")
        may_end.get(timeout=20)
        ended.append("run")
        return LONG

    background = run(job)
    started.get(timeout=20)
    stopping = Thread(target=background.stop)
    stopping.start()
    was_alive = stopping.is_alive()
    may_end.put("go")
    stopping.join(timeout=20)

    assert was_alive
    assert ended == ["run"]
    assert not stopping.is_alive()


def test_a_background_that_was_never_started_can_be_stopped():
    Background([]).stop()
