import json
import os
import subprocess
import sys
from collections import Counter

import pytest

from devtools.layout import ROOT
from verification.faults.catalogue import CATALOGUE, POISONS, WEBHOOKS
from verification.faults.hostile_kinds import BY_HOSTILE, HOSTILE
from verification.faults.nemesis import EFFECTS
from verification.faults.plans import (
    ALL,
    BY_ITSELF,
    BY_STRANGERS,
    Action,
    collide,
    plan,
)
from verification.faults.provider_kinds import BY_PROVIDER
from verification.faults.proxy import KINDS
from verification.faults.rows import BOTH
from verification.faults.settings import EDGES

SEEDS = range(400)
SECONDS = 20.0
SILENT = {"webhooks_lost", "callbacks_lost"}


def action(kind, at=1.0, lasts=2.0, target="order-svc"):
    return Action(at, lasts, "F00", kind, target, {})


@pytest.mark.parametrize("database", BOTH)
def test_the_same_arguments_give_the_same_plan(database):
    assert plan(7, SECONDS, database) == plan(7, SECONDS, database)
    assert plan(7, SECONDS, database) != plan(8, SECONDS, database)


def test_another_process_draws_the_same_plan():
    program = (
        "from verification.faults.plans import plan; print(plan(7, 20.0, 'sqlite'))"
    )
    environ = {**os.environ, "PYTHONHASHSEED": "1"}

    printed = subprocess.check_output(
        [sys.executable, "-c", program], env=environ, text=True, cwd=ROOT
    )

    assert printed.strip() == str(plan(7, SECONDS, "sqlite"))


def test_the_two_databases_have_plans_of_their_own():
    assert plan(7, SECONDS, "sqlite") != plan(7, SECONDS, "postgresql")


@pytest.mark.parametrize("seconds", [5.0, SECONDS, 60.0])
@pytest.mark.parametrize("database", BOTH)
def test_a_plan_has_two_to_six_actions_that_end_within_the_run(database, seconds):
    for seed in SEEDS:
        actions = plan(seed, seconds, database)

        assert 2 <= len(actions) <= 6
        assert all(0 <= one.at <= one.ends <= seconds for one in actions)
        assert [one.at for one in actions] == sorted(one.at for one in actions)


def planned(database):
    return Counter(one.kind for seed in SEEDS for one in plan(seed, SECONDS, database))


@pytest.mark.parametrize("database", BOTH)
def test_every_fault_of_the_catalogue_is_planned_sooner_or_later(database):
    wanted = {row.kind for row in CATALOGUE if database in row.databases}

    assert set(planned(database)) == wanted | SILENT


def by_itself(database, seeds=SEEDS):
    return [plan(seed, SECONDS, database, BY_ITSELF) for seed in seeds]


@pytest.mark.parametrize("database", BOTH)
def test_twenty_runs_of_the_provider_have_each_of_its_kinds_several_times(database):
    actions = [one for run in by_itself(database, range(1, 21)) for one in run]

    counts = Counter(one.kind for one in actions if one.kind not in SILENT)
    assert set(counts) == BY_PROVIDER
    assert min(counts.values()) >= 5


def test_a_run_of_the_provider_has_nothing_else_than_lost_webhooks_and_callbacks():
    kinds = {one.kind for run in by_itself("sqlite") for one in run}

    assert kinds == BY_PROVIDER | SILENT


def test_a_run_of_the_provider_is_its_own_plan_of_a_seed():
    assert plan(7, SECONDS, "sqlite", BY_ITSELF) == by_itself("sqlite")[7]
    assert plan(7, SECONDS, "sqlite", BY_ITSELF) != plan(7, SECONDS, "sqlite")


@pytest.mark.parametrize("database", BOTH)
def test_twenty_runs_of_hostile_clients_have_each_kind_several_times(database):
    runs = [plan(seed, SECONDS, database, BY_STRANGERS) for seed in range(1, 21)]

    counts = Counter(one.kind for run in runs for one in run)
    assert set(counts) - SILENT == BY_HOSTILE
    assert min(counts[kind] for kind in BY_HOSTILE) >= 5


def test_every_service_is_attacked():
    runs = [plan(seed, SECONDS, "sqlite", BY_STRANGERS) for seed in range(1, 21)]

    attacked = {(one.kind, one.target) for run in runs for one in run}
    wanted = {(row.kind, target) for row in HOSTILE for target in row.targets}
    assert wanted <= attacked


@pytest.mark.parametrize("kinds", [ALL, BY_ITSELF])
def test_disputes_and_refunds_are_made_where_their_webhooks_are_lost_too(kinds):
    runs = [plan(seed, SECONDS, "sqlite", kinds) for seed in SEEDS]
    silent = [{one.kind for one in run} for run in runs]
    silent = [kinds for kinds in silent if "webhooks_lost" in kinds]

    assert len(silent) > 20
    assert any("dispute" in kinds for kinds in silent)
    assert any("dashboard_refund" in kinds for kinds in silent)


def test_kinds_of_the_provider_may_overlap_but_not_with_themselves():
    refund = action("dashboard_refund", target="provider")

    assert collide(refund, action("dashboard_refund", at=2.0, target="provider"))
    assert not collide(refund, action("dispute", target="provider"))


def test_sqlite_has_no_server_to_restart():
    assert "restart_database" not in planned("sqlite")


def test_some_runs_lose_webhooks_and_callbacks_from_beginning_to_end():
    lost = [
        {one.kind for one in actions if one.kind in SILENT}
        for actions in (plan(seed, SECONDS, "sqlite") for seed in SEEDS)
    ]
    whole = [
        (one.at, one.lasts)
        for seed in SEEDS
        for one in plan(seed, SECONDS, "sqlite")
        if one.kind in SILENT
    ]

    assert lost.count(SILENT) >= 20
    assert lost.count(set()) >= 200
    assert set(whole) == {(0.0, SECONDS)}


def test_some_actions_overlap_and_none_undo_each_other():
    overlaps = 0
    for seed in SEEDS:
        actions = plan(seed, SECONDS, "postgresql")
        for place, one in enumerate(actions):
            for other in actions[place + 1 :]:
                assert not collide(one, other)
                overlaps += one.at <= other.at <= one.ends
    assert overlaps > len(SEEDS) / 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (action("kill"), action("pause")),
        (action("kill_all", target="everything"), action("restart", at=2.0)),
        (
            action("poison", target="order-events"),
            action("queue_down", at=0.5, target="sqs"),
        ),
        (action("slow", target=WEBHOOKS), action("slow", at=3.0, target=WEBHOOKS)),
    ],
)
def test_what_changes_the_same_thing_at_the_same_time_collides(one, other):
    assert collide(one, other)
    assert collide(other, one)


def test_what_happens_to_different_things_or_later_does_not_collide():
    one = action("kill")

    assert not collide(one, action("kill", target="user-svc"))
    assert not collide(one, action("kill", at=3.5))
    assert not collide(one, action("lose_answer", target="client>order-svc"))


# ---- the catalogue ----
def test_every_row_has_targets_that_exist_and_an_effect():
    for row in (*CATALOGUE, *HOSTILE):
        assert row.kind in EFFECTS
        if row.kind in KINDS:
            assert set(row.targets) <= set(EDGES)


def test_every_fault_of_the_proxy_is_in_the_catalogue():
    assert set(KINDS) <= {row.kind for row in CATALOGUE}


def test_poison_is_sent_as_text_that_sqs_takes():
    for body in POISONS.values():
        assert len(body.encode()) <= 1 << 20
        assert body.isprintable(), "SQS takes no control characters"
    assert "\\u0000" in POISONS["a NUL character"]
    assert len(POISONS["as much as a queue takes"]) == 1 << 20
    assert json.loads(POISONS["an unknown type"])["type"] == "order.exploded"
