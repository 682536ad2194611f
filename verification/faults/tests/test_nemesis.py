import json
from contextlib import contextmanager

import pytest
import requests
from werkzeug.wrappers import Response

from devtools.testkit.plugin import serve
from verification.faults import nemesis
from verification.faults.catalogue import POISONS, WEBHOOKS
from verification.faults.hostile_kinds import BY_HOSTILE
from verification.faults.nemesis import Action, Nemesis, Shop, timetable
from verification.faults.provider_kinds import BY_PROVIDER
from verification.faults.proxy import Fault, Proxy
from verification.faults.settings import EDGES
from verification.faults.stack import Stack

SECONDS = 20.0


class FakeShop:
    """A shop that notes what is done to it, and when."""

    def __init__(self, time):
        self.time, self.calls = time, []

    def __getattr__(self, verb):
        if verb not in vars(Shop):
            raise AttributeError(verb)

        def note(*arguments):
            self.calls.append((self.time.seconds, verb, *arguments))

        return note


class FakeTime:
    """Time that passes when somebody sleeps."""

    seconds = 0.0

    def now(self):
        return self.seconds

    def sleep(self, seconds):
        self.seconds = round(self.seconds + seconds, 2)


@pytest.fixture
def time():
    return FakeTime()


@pytest.fixture
def stack(time):
    return FakeShop(time)


@pytest.fixture
def proxy():
    """Return a running proxy whose upstreams all answer 200."""
    with serve(Response()) as url:
        target = ("127.0.0.1", int(url.rpartition(":")[2]))
        made = Proxy(dict.fromkeys(EDGES, target), seed=17)
        made.start()
        yield made
        made.stop()


def action(kind, at=1.0, lasts=2.0, target="order-svc", **parameters):
    return Action(at, lasts, "F00", kind, target, parameters)


def status(proxy, edge):
    with requests.Session() as http:
        http.trust_env = False
        try:
            return http.get(proxy.address(edge), timeout=20).status_code
        except requests.ConnectionError:
            return 0


def run(actions, stack, proxy, time, seconds=SECONDS):
    enemy = Nemesis(stack, proxy, actions, seconds, sleep=time.sleep, now=time.now)
    enemy.run()
    return enemy


CALLS = {
    "kill": [(1.0, "kill", "order-svc"), (3.0, "start", "order-svc")],
    "restart": [(1.0, "stop", "order-svc"), (3.0, "start", "order-svc")],
    "pause": [(1.0, "pause", "order-svc"), (3.0, "resume", "order-svc")],
    "queue_down": [(1.0, "stop", "order-svc"), (3.0, "start", "order-svc")],
    "lose_queues": [(1.0, "lose_queues")],
    "restart_database": [(1.0, "restart_database")],
    "lock_database": [(1.0, "lock_database", "order-svc", 2.0)],
    "short_visibility": [
        (1.0, "set_visibility", "order-svc", 1),
        (3.0, "set_visibility", "order-svc", nemesis.USUAL_VISIBILITY),
    ],
    "second_worker": [
        (1.0, "start_second", "order-svc"),
        (3.0, "stop_second", "order-svc"),
    ],
    "callbacks_lost": [],
}


@pytest.mark.parametrize("kind", CALLS)
def test_what_is_done_to_processes_is_taken_back(stack, proxy, time, kind):
    enemy = run([action(kind)], stack, proxy, time)

    assert stack.calls == CALLS[kind]
    assert [one.kind for one in enemy.done] == [kind]


@pytest.mark.parametrize("kind", sorted(BY_PROVIDER))
def test_the_provider_acts_and_ends_it(stack, proxy, time, kind):
    wish = {"which": 0.5}

    enemy = run([action(kind, target="provider", **wish)], stack, proxy, time)

    assert stack.calls == [
        (1.0, "begin_at_provider", kind, wish),
        (3.0, "end_at_provider", kind, wish),
    ]
    assert [one.kind for one in enemy.done] == [kind]


@pytest.mark.parametrize("kind", sorted(BY_HOSTILE))
def test_hostile_clients_come_and_leave(stack, proxy, time, kind):
    enemy = run([action(kind, seed=7)], stack, proxy, time)

    assert stack.calls == [
        (1.0, "attack", kind, "order-svc", {"seed": 7}),
        (3.0, "end_attack", kind, "order-svc"),
    ]
    assert [one.kind for one in enemy.done] == [kind]


def test_all_are_killed_and_all_start_again(stack, proxy, time):
    run([action("kill_all", target="everything")], stack, proxy, time)

    killed = [name for _, verb, name in stack.calls if verb == "kill"]
    started = [name for _, verb, name in stack.calls if verb == "start"]
    assert killed == started
    assert len(killed) == 8


def test_the_clock_jumps_for_good_and_a_skew_ends(stack, proxy, time):
    jump = action("jump", lasts=0.0, target="clock", seconds=3600)
    skew = action("skew", at=4.0, target="clock", seconds=-300)

    run([jump, skew], stack, proxy, time)

    assert [call[2] for call in stack.calls] == [3600, -300, 300]


def test_poison_goes_into_the_queue(stack, proxy, time):
    wish = {"target": "order-events", "poison": "no JSON"}

    run([action("poison", lasts=0.0, **wish)], stack, proxy, time)

    assert stack.calls == [(1.0, "send", "order-events", POISONS["no JSON"])]


@contextmanager
def seen_at(time, moment, look):
    """Look at something when this moment has come; yield what was seen."""
    seen, sleep = [], time.sleep

    def look_and_sleep(seconds):
        if time.seconds <= moment < time.seconds + seconds:
            seen.append(look())
        sleep(seconds)

    time.sleep = look_and_sleep
    yield seen


def test_a_fault_of_the_proxy_lasts_as_long_as_its_action(stack, proxy, time):
    edge = "order-svc>product-svc"
    fault = action("bad_gateway", target=edge, probability=1.0)

    with seen_at(time, 2.0, lambda: status(proxy, edge)) as seen:
        enemy = run([fault], stack, proxy, time)

    assert seen == [502]
    assert status(proxy, edge) == 200
    assert enemy.done == [], "the proxy counts for itself"
    assert proxy.counts == {(edge, "bad_gateway"): 1}


def test_the_end_of_one_fault_leaves_the_others(stack, proxy, time):
    edge = "order-svc>product-svc"
    short = action("bad_gateway", target=edge, lasts=1.0)
    long = action("too_many", target=edge, lasts=5.0)

    with seen_at(time, 3.0, lambda: status(proxy, edge)) as seen:
        run([short, long], stack, proxy, time)

    assert seen == [429]


def test_lost_webhooks_stay_lost_when_all_else_is_healed(stack, proxy, time):
    lost = action("webhooks_lost", at=0.0, lasts=SECONDS, target=WEBHOOKS)
    proxy.inject("client>order-svc", Fault("bad_gateway"))

    enemy = run([lost], stack, proxy, time)

    assert status(proxy, WEBHOOKS) == 0
    assert status(proxy, "client>order-svc") == 200
    assert enemy.done == [lost]
    proxy.heal()
    assert status(proxy, WEBHOOKS) == 200


def test_a_run_lasts_as_long_as_it_should(stack, proxy, time):
    run([action("kill", at=0.0)], stack, proxy, time)

    assert time.seconds == SECONDS


def test_what_cannot_be_done_is_written_down_and_the_plan_goes_on(stack, proxy, time):
    def refuse(_queue, _body):
        raise ConnectionError("the queue is dead")

    stack.send = refuse
    poison = action("poison", lasts=0.0, target="order-events", poison="no data")

    enemy = run([poison, action("kill", at=2.0)], stack, proxy, time)

    assert [line.get("error") for line in enemy.log] == [
        "ConnectionError: the queue is dead",
        None,
        None,
        None,
    ]
    assert [one.kind for one in enemy.done] == ["kill"]


def test_the_log_says_what_was_done_when_and_to_whom(stack, proxy, time):
    enemy = run([action("kill")], stack, proxy, time)

    first, last = enemy.log
    assert (first["time"], first["step"]) == (1.0, "begin")
    assert (first["kind"], first["target"]) == ("kill", "order-svc")
    assert (last["time"], last["step"]) == (3.0, "end")
    json.dumps(enemy.log)


@pytest.mark.parametrize("kind", ["queue_down", "lose_queues"])
def test_messages_may_have_died_with_their_queue(stack, proxy, time, kind):
    assert run([action(kind, target="sqs")], stack, proxy, time).has_lost_queues
    assert not run([action("kill")], stack, proxy, time).has_lost_queues


def test_an_instant_begins_before_it_ends():
    steps = timetable([action("kill", at=2.0, lasts=0.0), action("pause", at=1.0)])

    assert [(at, step) for at, step, _ in steps] == [
        (1.0, "begin"),
        (2.0, "begin"),
        (2.0, "end"),
        (3.0, "end"),
    ]


def test_the_stack_can_do_all_that_the_nemesis_asks():
    wanted = {name for name in vars(Shop) if not name.startswith("_")}

    assert wanted <= set(dir(Stack))
