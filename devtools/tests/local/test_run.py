import os

import pytest

from devtools.local import run


@pytest.fixture
def mask():
    """Begin with the usual umask; restore the test run's own."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_the_files_of_a_local_run_are_for_this_user_only(var, monkeypatch, mask):
    masks = []

    class Run:
        def __init__(self, *_):
            masks.append(os.umask(0o077))

        async def to_the_end(self):
            return 0

    monkeypatch.setattr(run, "_Run", Run)
    monkeypatch.setattr(run.ports, "check", lambda _: None)

    assert run.run() == 0
    assert masks == [0o077]
