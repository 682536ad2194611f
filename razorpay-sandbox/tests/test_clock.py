"""The sandbox's clock."""

import time

import pytest

from razorpay_sandbox.clock import Clock


def test_without_a_file_the_clock_is_the_systems():
    before = time.time()
    found = Clock().time()

    assert before <= found <= time.time()


@pytest.mark.parametrize("shift", [3600, -3600])
def test_the_file_shifts_the_clock(tmp_path, shift):
    file = tmp_path / "clock"
    file.write_text(str(shift))

    before = time.time()
    found = Clock(file).time()

    assert before + shift <= found <= time.time() + shift


def test_the_file_is_read_at_each_call(tmp_path, monkeypatch):
    monkeypatch.setattr(time, "time", lambda: 1000.75)
    file = tmp_path / "clock"
    clock = Clock(file)

    found = []
    for text in ("5", "-5"):
        file.write_text(text)
        found.append(clock.time())

    assert found == [1005.75, 995.75]


@pytest.mark.parametrize("text", [None, "", "-", "soon"])
def test_a_missing_or_partly_written_file_shifts_nothing(tmp_path, monkeypatch, text):
    monkeypatch.setattr(time, "time", lambda: 1000.75)
    file = tmp_path / "clock"
    if text is not None:
        file.write_text(text)

    assert Clock(file).time() == 1000.75


def test_the_clock_can_be_shifted_without_a_file(monkeypatch):
    monkeypatch.setattr(time, "time", lambda: 1000.75)
    clock = Clock()

    clock.shift = -61

    assert clock.time() == 939.75
    assert clock.is_shifted


def test_now_is_in_whole_seconds(monkeypatch):
    monkeypatch.setattr(time, "time", lambda: 1000.75)

    now = Clock().now()

    assert (now, type(now)) == (1000, int)
