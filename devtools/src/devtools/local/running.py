"""Finds the running shop: `var/run.json` lists its processes."""

import contextlib
import json
import os
import shutil
import signal
from pathlib import Path
from typing import Any

import click
import psutil

from devtools.layout import state_folder

STOPS_WITHIN = 12


def file() -> Path:
    """Return where the running shop's process ids are kept."""
    return state_folder() / "run.json"


def record(children: dict[str, int]) -> None:
    """Record this runner and its processes."""
    processes = {"runner": os.getpid(), **children}
    found = {name: _identity(pid) for name, pid in processes.items()}
    path = file()
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(found))
    draft.replace(path)


def forget() -> None:
    """Remove the record of running processes."""
    file().unlink(missing_ok=True)


def runner() -> psutil.Process | None:
    """Return the process of a running `make run`, or None."""
    return _find(_recorded().get("runner"))


def survivors() -> list[psutil.Process]:
    """Return the recorded processes that still live, the runner first."""
    found = [_find(identity) for identity in _recorded().values()]
    return [process for process in found if process]


def refuse_second() -> None:
    """Raise when a shop is running; end processes that a killed runner left."""
    if process := runner():
        raise click.ClickException(
            f"The shop is already running (pid {process.pid}): make stop ends it."
        )
    _end(survivors())


def stop() -> bool:
    """Stop a running shop; return whether there was one."""
    processes = survivors()
    leader = runner()
    if leader:
        leader.send_signal(signal.SIGTERM)
        psutil.wait_procs([leader], timeout=STOPS_WITHIN)
    _end(survivors())
    forget()
    return bool(processes)


def clean() -> Path | None:
    """Stop, remove the state folder and return its path, None when there was none."""
    stop()
    folder = state_folder()
    if not folder.exists():
        return None
    shutil.rmtree(folder)
    return folder


def memory() -> int:
    """Return the shop's memory in bytes: PSS of the runner and all below it."""
    me = psutil.Process()
    return sum(_pss(process) for process in [me, *me.children(recursive=True)])


def _pss(process: psutil.Process) -> int:
    with contextlib.suppress(psutil.Error):
        info = process.memory_full_info()
        # Only Linux reports PSS; elsewhere the unshared memory is used.
        return int(getattr(info, "pss", None) or info.uss)
    return 0


def _identity(pid: int) -> dict[str, Any] | None:
    # A pid may have been reused by another program.
    with contextlib.suppress(psutil.Error):
        return {"pid": pid, "created": psutil.Process(pid).create_time()}
    return None


def _find(identity: dict[str, Any] | None) -> psutil.Process | None:
    with contextlib.suppress(psutil.Error):
        if identity:
            process = psutil.Process(identity["pid"])
            is_same = abs(process.create_time() - identity["created"]) < 0.5
            if is_same and process.status() != psutil.STATUS_ZOMBIE:
                return process
    return None


def _recorded() -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(file().read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return found


def _end(processes: list[psutil.Process]) -> None:
    for kill in (psutil.Process.terminate, psutil.Process.kill):
        tree = [p for parent in processes for p in _tree(parent)]
        for process in tree:
            with contextlib.suppress(psutil.Error):
                kill(process)
        _, processes = psutil.wait_procs(tree, timeout=STOPS_WITHIN / 2)


def _tree(process: psutil.Process) -> list[psutil.Process]:
    with contextlib.suppress(psutil.Error):
        return [process, *process.children(recursive=True)]
    return []
