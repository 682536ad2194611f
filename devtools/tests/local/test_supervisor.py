import asyncio
import os
import signal
import subprocess
import sys

import psutil
import pytest
from rich.console import Console

from devtools.local import supervisor
from devtools.local.environment import Site
from devtools.local.processes import Process
from devtools.local.supervisor import ProcessDied, Supervisor

STUBBORN = (
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "print('here', flush=True); signal.pause()"
)
RUNNER = """
import asyncio
from rich.console import Console
from devtools.local.environment import Site
from devtools.local.processes import Process
from devtools.local.supervisor import Supervisor
import sys

async def main():
    one = Supervisor(Site({}), Console(quiet=True), lambda _: None)
    await one.start(Process("pause", "sqs", ("sleep", "600")))
    print(one.pids()["pause"], flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


def python(name, code):
    return Process(name, "sqs", (sys.executable, "-c", code))


def supervise(story):
    """Run an async function with a supervisor, and stop it at the end."""

    async def play():
        console = Console(quiet=True)
        one = Supervisor(Site({}), console, lambda _: None)
        try:
            return await story(one)
        finally:
            await one.stop()

    return asyncio.run(play())


def test_a_command_that_fails_is_reported_with_its_cause_and_log(var, root):
    async def story(one):
        await one.complete(python("migrate", "raise KeyError('DATABASE_URL')"))

    with pytest.raises(ProcessDied) as died:
        supervise(story)

    assert str(died.value) == (
        "migrate has died (exit code 1): KeyError: 'DATABASE_URL' "
        f"(all of it: {var}/log/migrate.jsonl)"
    )


def test_a_process_that_dies_is_noticed(var, root):
    async def story(one):
        await one.start(python("worker", "import sys; sys.exit('no queue')"))
        return await asyncio.wait_for(one.failure, 20)

    assert "worker has died (exit code 1): no queue" in str(supervise(story))


def test_stopping_ends_even_a_process_that_will_not(var, root, monkeypatch):
    monkeypatch.setattr(supervisor, "PATIENCE", 0.2)

    async def story(one):
        await one.start(python("stubborn", STUBBORN))
        log = one.children["stubborn"].log
        while not log.tail:
            await asyncio.sleep(0.01)
        return one.pids()["stubborn"]

    assert not psutil.pid_exists(supervise(story))


def test_a_process_that_is_stopped_is_no_failure(var, root):
    async def story(one):
        await one.start(Process("sleep", "sqs", ("sleep", "600")))
        await one.stop()
        return one.failure.done()

    assert supervise(story) is False


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can do this")
def test_no_process_outlives_a_runner_that_is_killed_outright(var, root):
    with subprocess.Popen(
        [sys.executable, "-c", RUNNER],
        stdout=subprocess.PIPE,
        text=True,
    ) as runner:
        child = psutil.Process(int(runner.stdout.readline()))
        os.kill(runner.pid, signal.SIGKILL)

    _, alive = psutil.wait_procs([child], timeout=20)
    assert alive == []
