"""The bench of limits: it measures real requests, and reports what costs too much."""

import os
from types import SimpleNamespace

import pytest
from flask import Flask

from devtools.testkit.plugin import serve
from verification.bench import limits, unlimited
from verification.bench.limits import MEMORY, REDIS, WITHOUT, Server, measure, report


@pytest.fixture
def app():
    made = Flask(__name__)
    made.asked = 0

    @made.get(limits.PATH)
    def product():
        made.asked += 1
        return "a product", made.status

    made.status = 200
    return made


def test_a_turn_is_the_processor_time_of_the_workers_per_request(app, monkeypatch):
    monkeypatch.setattr(limits, "BLOCK", 4)
    monkeypatch.setattr(limits, "COLD", 2)
    worker = SimpleNamespace(pid=os.getpid())  # the app's server is a thread here
    parent = SimpleNamespace(children=lambda recursive: [worker])
    monkeypatch.setattr(limits.psutil, "Process", lambda pid: parent)
    with serve(app) as address:
        server = Server(int(address.rpartition(":")[2]), 0)
        assert server.turn() > 0
        server.http.close()

    assert app.asked == 6


def test_a_refused_request_is_no_measurement(app):
    app.status = 429
    with serve(app) as address:
        server = Server(int(address.rpartition(":")[2]), os.getpid())
        with pytest.raises(RuntimeError, match="answered 429"):
            server.turn()
        server.http.close()


def test_the_median_of_the_turns_counts_and_their_order_changes():
    asked = []

    def fake(name, *times):
        left = iter(times)
        return SimpleNamespace(turn=lambda: asked.append(name) or next(left))

    found = measure({WITHOUT: fake("a", 1, 9, 2), MEMORY: fake("b", 3, 3, 4)}, 3)

    assert found == {WITHOUT: 2, MEMORY: 3}
    assert asked == ["b", "a", "a", "b", "b", "a"]


def test_the_app_without_limits_has_none(monkeypatch, tmp_path):
    monkeypatch.setenv("APP_ENV", "test")
    for name, value in limits.environment(f"sqlite:///{tmp_path / 'one.db'}").items():
        monkeypatch.setenv(name, value)

    assert "limiter" not in unlimited.create_app().extensions


def test_three_per_cent_are_the_most(capsys):
    assert report({WITHOUT: 0.002, MEMORY: 0.00206, REDIS: 0.0019}) == []
    [problem] = report({WITHOUT: 0.002, MEMORY: 0.0021})
    assert problem == "limits in memory take 1.050 times as long, > 1.03"
    assert "in memory       2.100 ms  1.050" in capsys.readouterr().out
