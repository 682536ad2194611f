"""Hashing occupies some of the threads of a process, and never all of them."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from contextvars import ContextVar
from typing import Any

import pytest

from chassis.errors import Unavailable
from user_svc.hashing import NICE, Hashing


@pytest.mark.parametrize(("threads", "places"), [(8, 4), (3, 1), (1, 1)])
def test_half_of_the_threads_may_hash(threads: int, places: int) -> None:
    hashing = Hashing(threads)

    with ExitStack() as stack:
        for _ in range(places):
            stack.enter_context(hashing.place())
        with pytest.raises(Unavailable) as refused, hashing.place():
            pass

    assert (refused.value.status, refused.value.code) == (503, "busy")
    assert refused.value.headers == {"Retry-After": "1"}
    with hashing.place():  # the places are free again
        pass


def test_a_place_is_free_again_after_an_error() -> None:
    hashing = Hashing(2)

    for _ in range(2):
        with pytest.raises(KeyError), hashing.place():
            raise KeyError


def test_all_hashes_are_computed_by_one_thread() -> None:
    hashing, gate = Hashing(16), threading.Barrier(4)

    def call(_: int) -> int:
        gate.wait()
        return hashing.run(threading.get_native_id)

    with ThreadPoolExecutor(4) as callers:
        threads = set(callers.map(call, range(4)))

    assert len(threads) == 1
    assert threading.get_native_id() not in threads
    assert hashing.run(_nice) >= NICE


def _nice() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def test_the_work_runs_in_the_callers_context() -> None:
    number: ContextVar[int] = ContextVar("number")
    number.set(7)

    assert Hashing(2).run(number.get) == 7


def test_errors_of_the_work_reach_the_caller() -> None:
    with pytest.raises(ValueError, match="abc"):
        Hashing(2).run(int, "abc")


def test_a_sign_in_without_a_place_is_refused_and_not_counted(
    app: Any, shop: Any, asha: Any
) -> None:
    hashing = app.extensions["hashing"]
    form = {"grant_type": "password", "username": asha.email, "password": "wrong"}

    with ExitStack() as stack:
        for _ in range(4):
            stack.enter_context(hashing.place())
        answers = [
            *(shop.sign_in(asha.email, "not-the-password") for _ in range(6)),
            shop.token(**form),
            shop.confirm_reset("no-token"),
            shop.call("POST", "/user/", json=new_account()),
            shop.call("POST", "/user/me/password/", asha.headers, json=change()),
        ]
        others = [shop.me(asha), shop.refresh(asha.refresh_token)]
        service = shop.service_token()

    assert [(one.status_code, one.json["code"]) for one in answers] == [
        (503, "busy")
    ] * 10
    assert [one.status_code for one in others] == [200, 200]
    assert service
    assert shop.sign_in(asha.email).status_code == 200


def new_account() -> dict[str, str]:
    password = "a-long-walk-in-the-rain"
    return {"name": "Ravi", "email": "ravi@shop.example", "password": password}


def change() -> dict[str, str]:
    password = "a-long-walk-in-the-rain"
    return {"current_password": password, "new_password": "and-home-by-the-river"}
