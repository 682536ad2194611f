"""Run a command, and run it anew whenever a Python file of the service changes.

For `skaffold dev`, which puts changed files into a running container: the container
must stay, since a new one would have the image's files again.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

PAUSE = float(os.environ.get("RELOAD_PAUSE", "1"))


def snapshot():
    """Return what the code looks like: every file's path and time of change."""
    roots = filter(None, os.environ["PYTHONPATH"].split(":"))
    files = (path for root in roots for path in Path(root).rglob("*.py"))
    return {(str(path), path.stat().st_mtime_ns) for path in files}


def stop(process):
    """Let the command finish what it has in hand."""
    process.terminate()
    return process.wait()


def run(command):
    """Run the command over and over; return its exit code when it is told to end."""
    process, seen = subprocess.Popen(command), snapshot()

    def end(*_):
        sys.exit(stop(process))

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    while True:
        time.sleep(PAUSE)
        if (now := snapshot()) != seen:
            print("reload: the code has changed", flush=True)
            stop(process)
            process, seen = subprocess.Popen(command), now


if __name__ == "__main__":
    run(sys.argv[1:])
