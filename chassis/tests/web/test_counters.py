"""Counters in the process and in a real Redis, which may be down or silent."""

import socket
import threading

import pytest
import redis

from chassis.web import counters
from chassis.web.counters import LocalCounters, SharedCounters
from devtools.local import ports
from devtools.local import redis as local_redis


@pytest.fixture(scope="module")
def server():
    port = ports.pick()
    with local_redis.server(port):
        yield port


@pytest.fixture
def shared(monkeypatch):
    """Return `shared(port)`: counters at a port, whose connections are closed later."""
    made = []

    def make(port, patience=30):  # on a busy machine Redis is slow
        monkeypatch.setattr(counters, "PATIENCE", patience)
        made.append(SharedCounters(f"local-redis://127.0.0.1:{port}/0"))
        return made[-1]

    yield make
    for one in made:
        one.storage.close()


@pytest.fixture
def passed(monkeypatch):
    """Stop the monotonic time of the counters; return a function that moves it."""
    now = [1000.0]
    monkeypatch.setattr(counters, "monotonic", lambda: now[0])
    return lambda seconds: now.__setitem__(0, now[0] + seconds)


def test_a_key_is_counted_until_it_ends(passed):
    local = LocalCounters()

    assert [local.incr("a", 60), local.incr("a", 60), local.incr("b", 60)] == [1, 2, 1]
    passed(61)
    assert local.incr("b", 60) == 1
    assert local.get("a") == 0


def test_many_keys_take_no_more_memory(monkeypatch):
    monkeypatch.setattr(LocalCounters, "MOST", 3)
    local = LocalCounters()
    for number in range(9):
        local.incr(str(number), 60)

    assert len(local._counts) == 3
    assert local.get("8") == 1


def test_threads_count_together():
    local = LocalCounters()

    def count():
        for _ in range(500):
            local.incr("a", 60)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert local.get("a") == 2000


def test_processes_count_together_in_redis(server, shared):
    first, second = shared(server), shared(server)

    assert [first.incr("together", 60), second.incr("together", 60)] == [1, 2]
    with redis.Redis(port=server) as found:
        assert [0 < found.ttl(key) <= 60 for key in found.keys("*together")] == [True]


def test_without_redis_a_process_counts_alone(shared, passed):
    alone = shared(ports.pick())

    assert [alone.incr("a", 60) for _ in range(3)] == [1, 2, 3]
    passed(counters.PAUSE)
    assert alone.incr("a", 60) == 4


def test_a_silent_redis_delays_one_request_for_a_moment(shared, passed):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        alone = shared(silent.getsockname()[1], patience=0.05)
        counts = [alone.incr("a", 60) for _ in range(50)]
        silent.accept()[0].close()
        silent.setblocking(False)
        with pytest.raises(BlockingIOError):
            silent.accept()  # no second connection

    assert counts == list(range(1, 51))


def test_redis_is_used_again_when_it_answers(shared, passed):
    port = ports.pick()
    counting = shared(port)
    assert counting.incr("again", 60) == 1
    with local_redis.server(port):
        assert counting.incr("again", 60) == 2  # not tried before the pause is over
        passed(counters.PAUSE)
        assert [counting.incr("again", 60) for _ in range(2)] == [1, 2]
    assert counting.incr("again", 60) == 3


def test_a_large_limit_is_shared_in_steps(server, shared):
    first, second = shared(server), shared(server)
    with redis.Redis(port=server) as found:
        key = "LIMITS:steps"
        counts = [first.count("steps", 60, 3) for _ in range(5)]
        assert (counts, int(found.get(key))) == ([1, 2, 3, 4, 5], 3)
        counts = [second.count("steps", 60, 3) for _ in range(4)]
        assert (counts, int(found.get(key))) == ([1, 2, 6, 7], 6)
        assert first.count("steps", 60, 3) == 9


def test_a_small_limit_is_exact(server, shared):
    first, second = shared(server), shared(server)

    assert [one.count("exact", 60, 1) for one in (first, second) * 2] == [1, 2, 3, 4]


def test_a_large_limit_is_kept_without_redis(shared):
    alone = shared(ports.pick())

    assert [alone.count("a", 60, 3) for _ in range(7)] == [1, 2, 3, 4, 5, 6, 7]
