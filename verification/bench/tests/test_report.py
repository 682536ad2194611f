"""The required contents of the benchmark's page."""

from verification.bench import report
from verification.bench.figures import Rates, Result, Round
from verification.bench.latency import LINK
from verification.bench.machine import Machine


def a_machine(busy=1.0):
    return Machine("A Fine CPU", 2, "Linux 6.1", "3.11.7", 0.12, busy)


def a_result(database="sqlite", link=0.25):
    rates = Rates([Round(100, 0, 2.0)] * 2, [Round(90, 1, 2.0), Round(95, 0, 2.0)])
    latencies = {LINK: [link] * 200, "outbox to queue, order-svc": [0.05] * 200}
    return Result(database, "3.40.1", latencies, rates)


def test_the_page_holds_the_command_and_the_machine():
    text = report.write("--rounds 2 --out page.md", a_machine(), [a_result()])

    assert 'make bench ARGS="--rounds 2 --out page.md"\n' in text
    assert "| processor | A Fine CPU, 2 cores |" in text
    assert "| before the start | load 0.12, 1 % busy |" in text
    assert "SQLite 3.40.1" in text


def test_the_command_without_arguments_is_the_shortest():
    assert "\nmake bench\n" in report.write("", a_machine(), [a_result()])


def test_the_page_holds_medians_ratio_spread_and_refusals():
    text = report.write("", a_machine(), [a_result(), a_result("postgresql")])

    figures = "| 50.0 | 46.2 | 0.93 (0.90 to 0.95) | 2 | 1 |"
    assert f"| SQLite {figures}" in text
    assert f"| PostgreSQL {figures}" in text


def test_the_page_holds_p50_and_p99_of_each_wait_in_milliseconds():
    text = report.write("", a_machine(), [a_result()])

    assert f"| SQLite: {LINK} | 250 | 250 | 200 |" in text
    assert "| SQLite: outbox to queue, order-svc | 50 | 50 | 200 |" in text


def test_only_a_busy_machine_is_warned_of():
    busy, idle = (report.write("", a_machine(n), [a_result()]) for n in (80.0, 1.0))

    assert "**Warning.** This machine was busy (80 % of its cores)" in busy
    assert "Warning" not in idle


def test_a_late_link_misses_the_target_on_sqlite_alone():
    late, slow_server = [a_result(link=1.2)], [a_result("postgresql", link=1.2)]

    assert report.is_late(late)
    assert "on SQLite is **missed**." in report.write("", a_machine(), late)
    assert not report.is_late(slow_server)
    assert "on SQLite was not measured." in report.write("", a_machine(), slow_server)


def test_a_link_in_time_meets_the_target():
    assert not report.is_late([a_result(link=0.9)])
    assert "on SQLite is met." in report.write("", a_machine(), [a_result()])
