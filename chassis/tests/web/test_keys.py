"""The public keys: what is fetched, how often, and how long it is used."""

import threading
import uuid
from types import SimpleNamespace

import pytest
from nasty_server import nasty

import chassis.web.keys as web_keys
from chassis.errors import Unauthorized, Unavailable
from chassis.http import Client
from chassis.web import auth
from chassis.web.keys import Keys

USER = {"sub": "1", "aud": "shop", "role": "staff"}
THING = {"name": "a", "price": "1"}
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class UserSvc:
    """Answers with keys, or not; counts how often it is asked."""

    def __init__(self, tokens):
        self.jwks, self.asked, self.is_away = tokens.jwks, 0, False

    def __call__(self):
        self.asked += 1
        if self.is_away:
            raise Unavailable("user-svc is away right now.")
        return self.jwks


@pytest.fixture
def user_svc(tokens):
    return UserSvc(tokens)


@pytest.fixture
def keys(user_svc):
    return Keys(user_svc)


@pytest.fixture
def seconds(monkeypatch):
    """Return a list whose one number is the seconds that have passed."""
    passed = [1000.0]
    fake = SimpleNamespace(monotonic=lambda: passed[0])
    monkeypatch.setattr(web_keys, "time", fake)
    return passed


def verify(token, keys):
    return auth.verify(token, "tiny-svc", keys.get, "shop")


def test_a_thousand_unknown_keys_cost_one_fetch_in_thirty_seconds(
    user_svc, keys, seconds, tokens
):
    verify(tokens.sign(USER), keys)
    for _ in range(1000):
        assert keys.get(uuid.uuid4().hex) is None
        seconds[0] += 0.029

    assert user_svc.asked == 1
    seconds[0] += 1.1
    assert keys.get("unknown") is None
    assert user_svc.asked == 2
    assert keys.get("unknown") is None
    assert user_svc.asked == 2


def test_a_new_key_is_taken_at_its_first_token(user_svc, keys, seconds, tokens):
    verify(tokens.sign(USER), keys)
    new = {**tokens.jwks["keys"][0], "kid": "new-key"}
    user_svc.jwks = {"keys": [*tokens.jwks["keys"], new]}
    seconds[0] += 31

    assert verify(tokens.sign(USER, kid="new-key"), keys).id == 1
    assert verify(tokens.sign(USER), keys).id == 1


def test_a_key_that_is_gone_is_forgotten(user_svc, keys, seconds, tokens):
    verify(tokens.sign(USER), keys)
    user_svc.jwks = {"keys": [{**tokens.jwks["keys"][0], "kid": "new-key"}]}
    seconds[0] += keys.FRESH

    with pytest.raises(Unauthorized):
        verify(tokens.sign(USER), keys)


@pytest.mark.parametrize("answer", ["away", {}, {"keys": []}, {"keys": [{}]}])
def test_the_last_good_keys_are_kept_while_user_svc_is_away(
    user_svc, keys, seconds, tokens, answer
):
    verify(tokens.sign(USER), keys)
    user_svc.is_away, user_svc.jwks = answer == "away", answer
    for _ in range(100):
        seconds[0] += keys.FRESH
        assert keys.get(tokens.KID)

    assert user_svc.asked == 101


def test_no_keys_at_all_is_our_outage_and_not_the_callers_fault(
    app, client, user_svc, tokens
):
    user_svc.is_away = True
    app.extensions["keys"] = Keys(user_svc)

    answer = client.post("/things/", json=THING, headers=tokens.user())

    assert (answer.status_code, answer.json["code"]) == (503, "unavailable")
    assert answer.headers["Retry-After"]


def test_keys_come_back_a_second_after_user_svc_does(user_svc, keys, seconds, tokens):
    user_svc.is_away = True
    for _ in range(3):
        with pytest.raises(Unavailable):
            keys.get(tokens.KID)
    assert user_svc.asked == 1
    user_svc.is_away = False
    seconds[0] += 1

    assert keys.get(tokens.KID)


def test_a_failed_fetch_is_repeated_after_a_second(user_svc, keys, seconds, tokens):
    verify(tokens.sign(USER), keys)
    seconds[0] += keys.RETRY
    user_svc.is_away = True
    assert keys.get("unknown") is None
    user_svc.is_away = False
    user_svc.jwks = {"keys": [{**tokens.jwks["keys"][0], "kid": "new-key"}]}
    seconds[0] += 1

    assert verify(tokens.sign(USER, kid="new-key"), keys).id == 1


def test_a_new_key_is_known_by_age_whatever_strangers_ask_for(
    user_svc, keys, seconds, tokens
):
    verify(tokens.sign(USER), keys)
    new = {**tokens.jwks["keys"][0], "kid": "new-key"}
    for second in range(keys.FRESH + keys.RETRY):
        if second == keys.RETRY + 1:  # published just after a stranger's fetch
            user_svc.jwks = {"keys": [*tokens.jwks["keys"], new]}
        seconds[0] += 1
        assert keys.get(uuid.uuid4().hex) is None

    assert verify(tokens.sign(USER, kid="new-key"), keys).id == 1


def test_the_last_good_keys_are_used_for_a_day_and_not_longer(
    user_svc, keys, seconds, tokens
):
    verify(tokens.sign(USER), keys)
    user_svc.is_away = True
    seconds[0] += keys.KEPT
    assert verify(tokens.sign(USER), keys).id == 1
    seconds[0] += 2

    with pytest.raises(Unavailable):
        keys.get(tokens.KID)
    user_svc.is_away = False
    seconds[0] += 1
    assert keys.get(tokens.KID)


class Slow:
    """A user-svc that answers when the test lets it."""

    def __init__(self, tokens):
        self.jwks, self.asked = tokens.jwks, 0
        self.answers = threading.Event()
        self.answers.set()

    def __call__(self):
        self.asked += 1
        self.answers.wait(10)
        return self.jwks


def test_a_slow_fetch_delays_nobody_who_has_a_known_key(tokens, seconds, monkeypatch):
    slow = Slow(tokens)
    keys = Keys(slow)
    keys.get(tokens.KID)
    monkeypatch.setattr(keys, "PATIENCE", 0.01)
    slow.answers.clear()
    seconds[0] += keys.FRESH

    assert keys.get(tokens.KID)  # begins the fetch, and waits for PATIENCE
    monkeypatch.setattr(keys, "PATIENCE", 60)
    assert keys.get(tokens.KID)  # does not wait
    assert slow.asked == 2
    slow.answers.set()


def test_requests_with_unknown_keys_share_one_fetch(tokens, seconds):
    slow = Slow(tokens)
    keys = Keys(slow)
    slow.answers.clear()
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(keys.get(tokens.KID)))
        for _ in range(5)
    ]
    for thread in threads:
        thread.start()
    slow.answers.set()
    for thread in threads:
        thread.join()

    assert len(found) == 5
    assert all(found)
    assert slow.asked == 1


def test_nothing_of_a_clients_request_is_sent_with_the_fetch(own_app):
    with nasty() as server:
        client = Client("user-svc", server.address)
        keys = Keys(auth.keys_of(client))
        headers = {"traceparent": PARENT, "X-Correlation-ID": "stranger"}

        @own_app.get("/strange/")
        def strange():
            with pytest.raises(Unavailable):  # the server sends no keys
                keys.get("unknown")
            return {}

        answer = own_app.test_client().get("/strange/", headers=headers)
        assert answer.status_code == 200
        client.pool.clear()

    assert server.seen["/.well-known/jwks.json"] == 1
    assert "traceparent" not in {name.lower() for name in server.headers}
    assert server.headers["X-Correlation-ID"] != "stranger"
