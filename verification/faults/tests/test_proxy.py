import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
import requests
from werkzeug.wrappers import Request, Response

from devtools.testkit.plugin import serve
from razorpay_sandbox.signatures import sign
from verification.faults.proxy import KINDS, Fault, Proxy

EDGE = "order-svc>product-svc"
HOUR = 3600  # no test waits for it: healing ends every pause
BODY = bytes(range(256)) * 40
LOST = requests.ConnectionError
SPOILT = {
    "garbage": {200},
    "bad_gateway": {502},
    "too_many": {429},
    "server_error": {500, 503},
}
SECRET = "a webhook's"


class Upstream:
    """A server that notes what arrives and answers with the same body."""

    def __init__(self):
        self.seen, self.arrived = [], threading.Semaphore(0)
        self.status, self.gate = 200, None

    def __call__(self, environ, start_response):
        request = Request(environ)
        self.seen.append((request.method, dict(request.headers), request.get_data()))
        self.arrived.release()
        if self.gate:
            self.gate.wait(30)
        answer = Response(request.get_data(), self.status, {"X-Seen": "yes"})
        return answer(environ, start_response)


@pytest.fixture
def upstream():
    return Upstream()


@pytest.fixture
def proxy(upstream):
    """Return a running proxy with one edge to the upstream."""
    with serve(upstream) as url:
        made = Proxy({EDGE: ("127.0.0.1", int(url.rpartition(":")[2]))}, seed=17)
        made.start()
        yield made
        made.stop()


@pytest.fixture
def people():
    """Return threads for those who wait."""
    with ThreadPoolExecutor(20) as pool:
        yield pool


def call(proxy, method="POST", data=BODY, timeout=30, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with requests.Session() as http:
        http.trust_env = False
        url = proxy.address(EDGE)
        return http.request(method, url, data=data, headers=named, timeout=timeout)


def until(condition):
    """Wait for something that another thread does; fail after 20 s."""
    for _ in range(2000):
        if condition():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it never happened")


def test_a_healthy_edge_changes_nothing(proxy, upstream):
    answer = call(proxy, Host="queue:4566", X_Razorpay_Signature="ab12")

    ((method, headers, body),) = upstream.seen
    assert (method, body) == ("POST", BODY)
    assert headers["Host"] == "queue:4566"
    assert headers["X-Razorpay-Signature"] == "ab12"
    assert (answer.status_code, answer.content) == (200, BODY)
    assert answer.headers["X-Seen"] == "yes"
    assert not proxy.counts


def test_many_requests_are_on_their_way_at_once(proxy, upstream, people):
    upstream.gate = threading.Barrier(20)

    answers = list(people.map(lambda _: call(proxy).status_code, range(20)))

    assert answers == [200] * 20


def test_an_upstream_that_is_away_looks_like_a_broken_connection():
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    made = Proxy({EDGE: ("127.0.0.1", port)})
    made.start()
    made.inject(EDGE, Fault("lose_answer"))

    with pytest.raises(LOST):
        call(made)

    made.stop()
    assert made.counts[EDGE, "lose_answer"] == 0, "it was no fault of the proxy's"


@pytest.mark.parametrize(
    ("kind", "arrives"), [("lose_request", 0), ("lose_answer", 1), ("truncate", 1)]
)
def test_what_is_lost_is_lost_before_or_after_its_effect(
    proxy, upstream, kind, arrives
):
    proxy.inject(EDGE, Fault(kind))

    with pytest.raises((LOST, requests.exceptions.ChunkedEncodingError)):
        call(proxy)

    assert len(upstream.seen) == arrives
    assert proxy.counts == {(EDGE, kind): 1}


def test_an_answer_without_a_body_is_cut_in_its_head(proxy, upstream):
    upstream.status = 204
    proxy.inject(EDGE, Fault("truncate"))

    with pytest.raises(LOST):
        call(proxy, data=b"")


@pytest.mark.parametrize("kind", SPOILT)
def test_a_spoilt_answer_is_not_the_upstreams(proxy, kind):
    proxy.inject(EDGE, Fault(kind))

    answer = call(proxy)

    assert answer.status_code in SPOILT[kind]
    assert "X-Seen" not in answer.headers
    with pytest.raises(requests.JSONDecodeError):
        answer.json()
    assert proxy.counts == {(EDGE, kind): 1}


def test_a_500_comes_after_the_effect_and_a_503_instead_of_it(proxy, upstream):
    proxy.inject(EDGE, Fault("server_error"))

    statuses = [call(proxy).status_code for _ in range(20)]

    assert set(statuses) == {500, 503}
    assert len(upstream.seen) == statuses.count(500)


def test_who_is_turned_away_is_told_when_to_come_back(proxy, upstream):
    proxy.inject(EDGE, Fault("too_many"))

    assert call(proxy).headers["Retry-After"] == "1"
    assert upstream.seen == []


def test_an_edge_that_refuses_keeps_its_port_and_listens_again(proxy, upstream):
    address = proxy.address(EDGE)
    proxy.inject(EDGE, Fault("refuse"))

    with pytest.raises(LOST, match="NewConnectionError"):
        call(proxy)
    assert upstream.seen == []
    assert proxy.counts == {(EDGE, "refuse"): 1}

    proxy.heal()
    assert proxy.address(EDGE) == address
    assert call(proxy).status_code == 200


def test_a_black_hole_says_nothing_until_the_client_leaves(proxy, upstream):
    proxy.inject(EDGE, Fault("black_hole"))

    with pytest.raises(requests.Timeout):
        call(proxy, timeout=0.2)

    assert upstream.seen == []


def test_healing_lets_go_of_whom_a_black_hole_holds(proxy, upstream, people):
    proxy.inject(EDGE, Fault("black_hole"))
    waiting = people.submit(call, proxy)
    until(lambda: proxy.counts[EDGE, "black_hole"])

    proxy.heal()

    with pytest.raises(LOST):
        waiting.result()
    assert upstream.seen == []


def test_a_late_request_arrives_when_nobody_waits_for_it(proxy, upstream):
    proxy.inject(EDGE, Fault("late_request", seconds=HOUR))
    with pytest.raises(LOST):
        call(proxy)
    assert upstream.seen == []

    proxy.heal()

    assert [body for _, _, body in upstream.seen] == [BODY]


def test_a_late_request_needs_no_healing(proxy, upstream):
    proxy.inject(EDGE, Fault("late_request", seconds=0.01))
    with pytest.raises(LOST):
        call(proxy)

    assert upstream.arrived.acquire(timeout=20)


def test_a_new_run_receives_nothing_of_the_last_one(proxy, upstream):
    proxy.inject(EDGE, Fault("late_request", seconds=HOUR))
    with pytest.raises(LOST):
        call(proxy)

    proxy.reseed(18)
    proxy.heal()

    assert call(proxy, data=b"new").ok
    assert [body for _, _, body in upstream.seen] == [b"new"]
    assert not proxy.counts


def test_a_slow_request_arrives_late_and_is_answered(proxy, upstream, people):
    proxy.inject(EDGE, Fault("slow", seconds=HOUR))
    waiting = people.submit(call, proxy)
    until(lambda: proxy.counts[EDGE, "slow"])
    assert upstream.seen == []

    proxy.heal()

    assert waiting.result().content == BODY


def test_a_delayed_answer_comes_after_its_effect(proxy, upstream, people):
    proxy.inject(EDGE, Fault("delay_answer", seconds=HOUR))
    with pytest.raises(requests.Timeout):
        call(proxy, timeout=0.3)
    assert upstream.arrived.acquire(timeout=20)
    waiting = people.submit(call, proxy)
    assert upstream.arrived.acquire(timeout=20)

    proxy.heal()

    assert waiting.result().content == BODY


def test_an_answer_that_trickles_is_whole_in_the_end(proxy):
    proxy.inject(EDGE, Fault("trickle", seconds=0.01))

    assert call(proxy, data=b"drop by drop").content == b"drop by drop"


def test_a_duplicate_arrives_as_often_as_is_said(proxy, upstream):
    upstream.gate = threading.Barrier(5)  # and all at once
    proxy.inject(EDGE, Fault("duplicate", copies=5))

    assert call(proxy).content == BODY

    assert [body for _, _, body in upstream.seen] == [BODY] * 5


@pytest.mark.parametrize(("status", "accepted"), [(401, 0), (200, 1)])
def test_a_forged_webhook_is_wrong_in_its_signature_alone(
    proxy, upstream, status, accepted
):
    upstream.status = status
    right = sign(BODY, SECRET)
    proxy.inject(EDGE, Fault("forged"))

    assert call(proxy, X_Razorpay_Signature=right).status_code == status

    ((_, headers, body),) = upstream.seen
    wrong = headers["X-Razorpay-Signature"]
    assert body == BODY
    assert len(wrong) == len(right)
    assert wrong[0] != right[0]
    assert wrong[1:] == right[1:]
    assert proxy.counts[EDGE, "forged_accepted"] == accepted


def fates(proxy, seed):
    """Return what becomes of forty requests."""
    proxy.reseed(seed)
    return [call(proxy, data=b"").status_code for _ in range(40)]


def test_the_same_seed_draws_the_same_fates(proxy):
    proxy.inject(EDGE, Fault("bad_gateway", probability=0.3))
    proxy.inject(EDGE, Fault("too_many", probability=0.5))

    first = fates(proxy, 1)

    assert set(first) == {200, 502, 429}
    assert fates(proxy, 1) == first
    assert fates(proxy, 2) != first


def test_the_counts_are_of_what_happened(proxy):
    proxy.inject(EDGE, Fault("bad_gateway", probability=0.5))

    found = fates(proxy, 3)

    assert proxy.counts == {(EDGE, "bad_gateway"): found.count(502)}


def test_one_fault_can_be_healed_and_the_other_stays(proxy):
    gateway, limit = Fault("bad_gateway"), Fault("too_many")
    proxy.inject(EDGE, gateway)
    proxy.inject(EDGE, limit)
    assert call(proxy).status_code == 502

    proxy.heal(EDGE, gateway)
    assert call(proxy).status_code == 429

    proxy.heal(EDGE)
    assert call(proxy).status_code == 200


def test_the_faults_of_one_edge_are_no_others(upstream):
    with serve(upstream) as url:
        target = ("127.0.0.1", int(url.rpartition(":")[2]))
        made = Proxy({EDGE: target, "client>product-svc": target})
        made.start()
        made.inject("client>product-svc", Fault("bad_gateway"))

        assert call(made).status_code == 200

        made.stop()


def test_a_proxy_that_stops_breaks_what_is_under_way(proxy, people):
    proxy.inject(EDGE, Fault("black_hole"))
    waiting = people.submit(call, proxy)
    until(lambda: proxy.counts[EDGE, "black_hole"])

    proxy.stop()

    with pytest.raises(LOST):
        waiting.result()


def test_an_unknown_fault_is_an_error_at_once(proxy):
    with pytest.raises(ValueError, match="lose_anser is none of"):
        proxy.inject(EDGE, Fault("lose_anser"))
    assert len(KINDS) == len(set(KINDS)) == 19
