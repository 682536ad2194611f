"""The clock of every process, and its shift in tests."""

from datetime import UTC, datetime, timedelta

import pytest

from chassis import clock


def test_the_clock_is_aware_and_in_utc():
    assert clock.now().tzinfo is UTC


def test_a_file_moves_the_clock_at_each_use(move_clock):
    before = datetime.now(UTC)
    move_clock(3600)
    assert clock.now() >= before + timedelta(hours=1)
    move_clock(-3600)
    assert clock.now() < before


@pytest.mark.parametrize("text", ["", "soon", "1.5"])
def test_a_half_written_file_moves_nothing(tmp_path, monkeypatch, text):
    path = tmp_path / "clock"
    path.write_text(text)
    monkeypatch.setenv("CLOCK_FILE", str(path))

    assert abs(clock.now() - datetime.now(UTC)) < timedelta(hours=1)


def test_a_missing_file_moves_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("CLOCK_FILE", str(tmp_path / "none"))

    assert abs(clock.now() - datetime.now(UTC)) < timedelta(hours=1)
