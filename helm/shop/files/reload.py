"""Run a command, and restart it whenever a Python file of the service changes.

`skaffold dev` copies changed files into a running container. The container must keep
running, because a new container would start with the files of the image.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

PAUSE = float(os.environ.get("RELOAD_PAUSE", "1"))


def snapshot():
    """Return the path and modification time of every Python file."""
    roots = filter(None, os.environ["PYTHONPATH"].split(":"))
    files = (path for root in roots for path in Path(root).rglob("*.py"))
    return {(str(path), path.stat().st_mtime_ns) for path in files}


def stop(process):
    """Send SIGTERM and wait until the command has finished its work."""
    process.terminate()
    return process.wait()


def run(command):
    """Run and restart the command until SIGTERM or SIGINT; exit with its exit code."""
    process, seen = subprocess.Popen(command), snapshot()

    def end(*_):
        sys.exit(stop(process))

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    while True:
        time.sleep(PAUSE)
        if (now := snapshot()) != seen:
            print("reload: files have changed", flush=True)
            stop(process)
            process, seen = subprocess.Popen(command), now


if __name__ == "__main__":
    run(sys.argv[1:])
