"""The bench of limits: it measures real requests, and reports what costs too much."""

from verification.bench import limits
from verification.bench.limits import MEMORY, REDIS, WITHOUT, apps, measure, report


def test_each_app_answers_and_is_measured(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "WARM_UP", 0)
    found = apps(tmp_path, "")

    assert measure(found, 2).keys() == {WITHOUT, MEMORY}
    assert "limiter" not in found[WITHOUT].extensions
    for app in found.values():
        with app.app_context():
            limits.db.engine.dispose()


def test_three_per_cent_are_the_most(capsys):
    assert report({WITHOUT: 0.002, MEMORY: 0.00206, REDIS: 0.0019}) == []
    [problem] = report({WITHOUT: 0.002, MEMORY: 0.0021})
    assert problem == "limits in memory take 1.050 times as long, > 1.03"
    assert "in memory       2.100 ms  1.050" in capsys.readouterr().out
