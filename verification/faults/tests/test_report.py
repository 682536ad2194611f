"""The rows of docs/faults.md about the runs in which the provider acts by itself."""

from verification.faults.plans import BY_ITSELF, BY_STRANGERS
from verification.faults.report import summary, write
from verification.faults.runs import Result
from verification.faults.trials import again

WEBHOOK = "seconds from the webhook to a seen dashboard refund, median / maximum"
POLLS = "poll periods to a dashboard refund without a webhook, median / maximum"

REFUSED = "seconds to a dashboard refund while all calls were refused"


def result(name="1", kinds=BY_ITSELF, **more):
    return Result(name, "sqlite", "abc", kinds=kinds, **more)


def seen(**more):
    return {"refund": "rfnd_1", "is_seen": True, **more}


def rows(*results):
    lines = [line.strip("| ").split(" | ") for line in summary(results).splitlines()]
    return {line[0]: line[1] for line in lines if len(line) == 2}


def test_the_delays_of_dashboard_refunds_are_reported():
    first = result(
        sightings=[seen(after_webhook=0.2), seen(after_webhook=0.4), seen(polls=1)]
    )
    second = result("2", sightings=[seen(after_webhook=1.9), seen(polls=0)])

    found = rows(first, second)

    assert found[WEBHOOK] == "0.40 / 1.90 (3 refunds)"
    assert found[POLLS] == "0.5 / 1 (2 refunds)"


def test_refunds_that_could_not_be_read_are_reported_apart():
    found = rows(result(sightings=[seen(after_call=6.5, was_refused=True)]))

    assert found[REFUSED] == "6.50 / 6.50 (1 refunds)"
    assert WEBHOOK not in found


def test_without_dashboard_refunds_there_is_no_delay():
    found = rows(result())

    assert not {WEBHOOK, POLLS} & set(found)


def test_only_the_runs_of_the_provider_are_timed():
    other = result(kinds="all", sightings=[seen(after_webhook=30.0)])

    assert WEBHOOK not in rows(other)


def test_the_runs_of_the_provider_are_counted_apart():
    found = rows(result(), result("2"), result("9", kinds="all"))

    assert found["random runs"] == "1 (1 on sqlite)"
    assert found["seeds"] == "9 .. 9"
    assert found["random runs of the provider's side"] == "2 (2 on sqlite)"
    assert found["seeds of these runs"] == "1 .. 2"


def test_the_runs_of_hostile_clients_are_counted_apart():
    found = rows(result(kinds=BY_STRANGERS), result("9", kinds="all"), result())

    assert found["random runs"] == "1 (1 on sqlite)"
    assert found["random runs of hostile clients"] == "1 (1 on sqlite)"
    assert found["seeds of hostile clients"] == "1 .. 1"
    assert found["random runs of the provider's side"] == "1 (1 on sqlite)"


def test_an_exceeded_bound_is_a_violation_with_a_row():
    hurt = result(kinds=BY_STRANGERS, violations=[{"id": "endurance", "row": "…"}])

    assert rows(hurt)["bounds exceeded for hostile clients"] == "**1**"


def test_a_refund_that_was_never_seen_is_a_violation_with_a_row():
    unseen = result(violations=[{"id": "unseen", "row": "rfnd_1"}])

    assert rows(unseen)["dashboard refunds never seen"] == "**1**"


def test_the_page_has_the_command_of_these_runs():
    assert "campaign --kinds provider --runs 20" in write([result()])
    assert "campaign --kinds hostile --runs 20" in write([result()])


def test_a_part_without_results_stays_as_it_is():
    before = write([result(), result("9", kinds="all")])
    after = write([result("7", kinds=BY_STRANGERS)], before)

    assert "| seeds | 9 .. 9 |" in after
    assert "| seeds of hostile clients | 7 .. 7 |" in after
    assert "seeds of these runs" not in after
    assert write([result("7", kinds=BY_STRANGERS)], after) == after


def test_a_run_is_repeated_with_its_kinds():
    assert again(result("7")).endswith('campaign --kinds provider --runs 1 --seed 7"')
    assert again(result("7", kinds="all")).endswith('campaign --runs 1 --seed 7"')
