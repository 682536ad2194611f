import json
import os
import subprocess

import click
import psutil
import pytest

from devtools.local import running


@pytest.fixture
def sleeper():
    """Run a process that would sleep for ten minutes."""
    with subprocess.Popen(["sleep", "600"]) as process:
        yield process
        process.kill()


def test_stop_ends_the_recorded_processes(var, sleeper):
    running.record({"api": sleeper.pid})
    record = json.loads(running.file().read_text())
    del record["runner"]
    running.file().write_text(json.dumps(record))

    assert running.stop() is True
    assert not psutil.pid_exists(sleeper.pid)
    assert not running.file().exists()


def test_stop_leaves_a_stranger_with_a_recorded_pid_alone(var, sleeper):
    running.file().parent.mkdir()
    stranger = {"pid": sleeper.pid, "created": 1.0}
    running.file().write_text(json.dumps({"runner": stranger}))

    assert running.stop() is False
    assert psutil.pid_exists(sleeper.pid)


def test_a_second_shop_in_the_same_folder_is_refused(var):
    running.record({})

    with pytest.raises(click.ClickException) as wrong:
        running.refuse_second()

    assert f"is already running (pid {os.getpid()})" in wrong.value.message


def test_stop_and_clean_do_nothing_where_nothing_is(var):
    assert running.stop() is False
    assert running.clean() is None


def test_clean_removes_the_state(var):
    (var / "log").mkdir(parents=True)

    assert running.clean() == var
    assert not var.exists()


def test_memory_counts_the_children_too(sleeper):
    assert running.memory() > running._pss(psutil.Process())


def test_the_record_is_for_this_user_only(var):
    running.record({})

    assert running.file().stat().st_mode & 0o777 == 0o600
