"""A private PostgreSQL server for one test run."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import psycopg

from devtools import memory
from devtools.layout import HOST
from devtools.local import apt
from devtools.local.ports import pick
from devtools.local.supervisor import die_with_parent

USER = "shop"
STARTS_WITHIN = 30.0
# Durable settings, for measurements.
DURABLE = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "300",
}
# The data is temporary, so durability against a power failure is not needed.
SETTINGS = {**DURABLE, "fsync": "off", "full_page_writes": "off"}
# The server is never killed, so a commit need not wait for the disk.
NEVER_KILLED = {"synchronous_commit": "off"}


class Server:
    """A server in its own folder; `url` is the address of its superuser."""

    def __init__(self, folder: Path, settings: Mapping[str, str] = SETTINGS) -> None:
        self.folder, self.settings = folder, settings
        self.binaries = find() or install()
        self.data = _init(self.binaries, folder)
        self.port = pick()
        self.url = f"postgresql+psycopg://{USER}@{HOST}:{self.port}/postgres"

    def start(self) -> None:
        """Start, and wait until it takes connections."""
        command = (self.binaries, self.data, self.port, self.settings)
        self.process = _start(*command)
        _wait(self.process, self.port, self.folder)

    def stop(self) -> None:
        """Shut down fast: open transactions are rolled back."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def crash(self) -> None:
        """Shut down at once, as `pg_ctl stop -m immediate` does."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(timeout=10)


@contextlib.contextmanager
def server() -> Iterator[str]:
    """Run a server in a temporary folder; yield the address of its superuser."""
    folder = Path(tempfile.mkdtemp(prefix="shop-postgres-", dir=memory.folder()))
    try:
        found = Server(folder, {**SETTINGS, **NEVER_KILLED})
        found.start()
        try:
            yield found.url
        finally:
            found.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def find() -> Path | None:
    """Return the folder that holds `initdb` and `postgres`, the newest, or None."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version)
    candidates = [*reversed(folders), *_from_path(), *_from_pg_config()]
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return None


def install() -> Path:
    """Install the server by apt where that is possible; raise with advice elsewhere."""
    apt.install("PostgreSQL", "postgresql")
    if binaries := find():
        return binaries
    raise click.ClickException(
        "PostgreSQL's server programs (initdb, postgres) are missing. Install them: "
        "sudo apt-get install postgresql, or brew install postgresql."
    )


def _init(binaries: Path, folder: Path) -> Path:
    data = folder / "data"
    owner = _owner()
    if owner:
        shutil.chown(folder, owner["user"], owner["group"])
    command = [str(binaries / "initdb"), f"--pgdata={data}", f"--username={USER}"]
    command += ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, **owner)
    if done.returncode:
        raise click.ClickException(f"initdb failed: {done.stderr.strip()}")
    return data


def _start(
    binaries: Path, data: Path, port: int, settings: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    command = [str(binaries / "postgres"), "-D", str(data), "-p", str(port)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    with (data.parent / "log").open("ab") as log:
        return subprocess.Popen(
            command,
            cwd=data.parent,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for pytest; we stop it ourselves
            preexec_fn=die_with_parent,
            **_owner(),
        )


def _wait(process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while not _accepts(port):
        if process.poll() is not None or time.monotonic() > deadline:
            log = (folder / "log").read_text(errors="replace").strip()
            raise click.ClickException(f"PostgreSQL does not start: {log[-500:]}")
        time.sleep(0.05)


def _accepts(port: int) -> bool:
    """Return whether the server accepts connections; it listens before it is ready."""
    try:
        psycopg.connect(host=HOST, port=port, user=USER, dbname="postgres").close()
    except psycopg.OperationalError:
        return False
    return True


def _owner() -> dict[str, Any]:
    """Return the user of the server: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    entry = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _from_path() -> list[Path]:
    found = shutil.which("postgres")
    return [Path(found).resolve().parent] if found else []


def _from_pg_config() -> list[Path]:
    program = shutil.which("pg_config")
    if not program:
        return []
    found = subprocess.run([program, "--bindir"], capture_output=True, text=True)
    return [Path(found.stdout.strip())]


def _version(folder: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in folder.parent.name.split(".") if part.isdigit())
