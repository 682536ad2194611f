"""The servers that are compared: each alone, on one core with PostgreSQL."""

import os
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from devtools.layout import HOST, ROOT
from devtools.local import ports, processes
from devtools.local.supervisor import die_with_parent
from verification.bench.serving import listening

SHOPS = Path(__file__).parent / "shops"
SERVER_CORE, LOAD_CORE = 0, 1
SECRET = "a-secret-of-the-bench-0123456789-abcdef"  # noqa: S105
OURS, LIMITS, PLAIN = "ours", "limits", "plain"


def use_core(number: int) -> None:
    """Bind this process and its children to a core, if there are two."""
    if (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, {number})


def _on_servers_core() -> None:
    die_with_parent()
    use_core(SERVER_CORE)


def cpu_seconds(pids: list[int]) -> float:
    """Return the processor time of processes and all their children."""
    total = 0.0
    for pid in pids:
        root = psutil.Process(pid)
        for process in [root, *root.children(recursive=True)]:
            try:
                times = process.cpu_times()
            except psutil.NoSuchProcess:
                continue
            total += times.user + times.system
    return total


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int
    pid: int


def _command(name: str, port: int, python: str) -> list[str]:
    gunicorn = [sys.executable, "-m", "gunicorn", "--bind", f"{HOST}:{port}"]
    if name == OURS:
        config = ["--config", "python:chassis.web.gunicorn"]
        return [*gunicorn, *config, "product_svc:create_app()"]
    if name == LIMITS:
        more = ["--threads", "8", "--no-control-socket"]
        return [*gunicorn, *more, "--chdir", str(SHOPS), "limits:app"]
    more = ["--no-access-log", "--app-dir", str(SHOPS)]
    return [python, "-m", "uvicorn", *more, "--port", str(port), "plain:app"]


def environment(url: str) -> dict[str, str]:
    """Return the environment of all servers."""
    return {
        **os.environ,
        "APP_ENV": "test",
        "SECRET_KEY": SECRET,
        "PUBLIC_URL": f"http://{HOST}",
        "DATABASE_URL": url,
        "RATE_LIMIT_FACTOR": "100000",
    }


@contextmanager
def started(name: str, url: str, python: str) -> Iterator[Server]:
    """Run a server until the caller is done; its output goes nowhere."""
    port = ports.pick()
    command, environ = _command(name, port, python), environment(url)
    with listening(command, port, environ, _on_servers_core) as pid:
        yield Server(port, pid)


def migrate(url: str) -> None:
    """Create the tables of product-svc."""
    spec = processes.migration("product-svc")
    subprocess.run(spec.command, cwd=spec.folder, env=environment(url), check=True)


def install_plain() -> str:
    """Install the plain shop in an environment of its own; return its Python."""
    folder = ROOT / ".venv" / "bench-catalog"
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    command = [str(python), "-m", "pip", "install", "--quiet", "-r"]
    subprocess.run([*command, str(SHOPS / "requirements.txt")], check=True)
    return str(python)
