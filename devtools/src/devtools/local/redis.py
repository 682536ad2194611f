"""A private Redis server for one test run; it writes nothing to the disk."""

import contextlib
import shutil
import subprocess
import time
from collections.abc import Iterator

import click

from devtools.layout import HOST
from devtools.local import apt, ports
from devtools.local.supervisor import die_with_parent

PROGRAM = "redis-server"
STARTS_WITHIN = 30.0


@contextlib.contextmanager
def server(port: int | None = None) -> Iterator[str]:
    """Run a server on a port, by default a free one; yield its address."""
    number = port or ports.pick()
    process = _start(find() or install(), number)
    try:
        _wait(process, number)
        yield f"redis://{HOST}:{number}/0"
    finally:
        process.terminate()
        process.wait()


def find() -> str | None:
    """Return the path of the server's program, or None."""
    return shutil.which(PROGRAM)


def install() -> str:
    """Install the server by apt where that is possible; raise with advice elsewhere."""
    apt.install("Redis", PROGRAM)
    if program := find():
        return program
    raise click.ClickException(
        f"{PROGRAM} is missing. Install it: "
        f"sudo apt-get install {PROGRAM}, or brew install redis."
    )


def _start(program: str, port: int) -> subprocess.Popen[bytes]:
    command = [program, "--bind", HOST, "--port", str(port), "--save", ""]
    return subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for pytest; we stop it ourselves
        preexec_fn=die_with_parent,
    )


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while not ports.answers(port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise click.ClickException("Redis does not start.")
        time.sleep(0.02)
