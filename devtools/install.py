"""Fill `.venv`: the pinned requirements, then this repository's own packages.

Uses only the standard library; `bootstrap.py` calls it. A stamp file records what is
installed, so that a second run skips it.
"""

import hashlib
import shutil
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed"
LEVELS = {"run": ("run",), "dev": ("run", "dev")}


def main(level: str) -> None:
    """Install what `run` or `dev` needs, unless the stamp records that it is there."""
    wanted = f"{level} {fingerprint()}"
    if _is_done(level):
        return
    started = time.monotonic()
    try:
        _make_venv()
        STAMP.unlink(missing_ok=True)
        _install_requirements(level)
        _install_packages()
    except subprocess.CalledProcessError as wrong:
        sys.exit(f"{wrong.stdout or ''}\nInstalling into .venv failed (see above).")
    except KeyboardInterrupt:
        sys.exit("\nStopped; the next run goes on from here.")
    STAMP.write_text(wanted)
    _say(f".venv is ready after {time.monotonic() - started:.0f} s")


def fingerprint() -> str:
    """Return what an installation depends on, as one hash."""
    digest = hashlib.sha256(f"{ROOT} {sys.version}".encode())
    files = [ROOT / "requirements" / "run.txt", ROOT / "requirements" / "dev.txt"]
    for path in [*files, *(folder / "pyproject.toml" for folder in packages())]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def packages() -> list[Path]:
    """Return the folders of the repository's own packages."""
    return sorted(path.parent for path in ROOT.glob("*/pyproject.toml"))


def _is_done(level: str) -> bool:
    if not STAMP.exists():
        return False
    done = STAMP.read_text()
    # What testing needs includes what running needs.
    return done in (f"{level} {fingerprint()}", f"dev {fingerprint()}")


def _make_venv() -> None:
    if _is_usable():
        return
    if VENV.exists():
        _say("replacing .venv: it was made by another Python or in another folder")
        shutil.rmtree(VENV)
    base = getattr(sys, "_base_executable", sys.executable)
    _say(f"making .venv with Python {sys.version.split()[0]}")
    made = subprocess.run(
        [base, "-m", "venv", VENV], stdout=subprocess.PIPE, text=True, check=False
    )
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit(_no_venv(made.stdout))


def _is_usable() -> bool:
    """Return whether .venv has this Python and pip, and was made in this folder."""
    try:
        made = (VENV / "pyvenv.cfg").read_text()
        pip = subprocess.run([PYTHON, "-m", "pip", "-V"], capture_output=True)
    except OSError:
        return False
    here = f"{VENV}\n" in made + "\n" or "command" not in made
    version = f"version = {sys.version.split()[0]}"
    return pip.returncode == 0 and here and version in made


def _no_venv(output: str) -> str:
    if "ensurepip" in output:
        name = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        return f"This Python cannot make a .venv: sudo apt-get install {name}"
    return f"{output}\nMaking .venv failed (see above)."


def _install_requirements(level: str) -> None:
    path = ROOT / "requirements" / f"{LEVELS[level][-1]}.txt"
    total = sum("==" in line for line in path.read_text().splitlines())
    command = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check"]
    command += ["--require-hashes", "-r", path]
    done = 0
    for line in _lines(command):
        words = line.split()
        if words[:1] == ["Collecting"] or line.startswith("Requirement already"):
            done += 1
            name = words[1] if words[0] == "Collecting" else words[2]
            _progress(f"[{done}/{total}] {name.split('==')[0]}")
        elif words[:1] == ["Installing"]:
            _progress(f"[{total}/{total}] unpacking")
    _progress("")


def _install_packages() -> None:
    _say("installing this repository's own packages")
    command = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check"]
    command += ["--no-deps", "--no-build-isolation"]
    for folder in packages():
        command += ["-e", str(folder)]
    for _ in _lines(command):
        pass


def _lines(command: list[str | Path]) -> Iterator[str]:
    """Yield a command's output line by line; raise with its end when it fails."""
    tail: deque[str] = deque(maxlen=20)
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        for line in process.stdout or ():
            tail.append(line)
            yield line
    if process.returncode:
        raise subprocess.CalledProcessError(
            process.returncode, "pip", output="\n" + "".join(tail)
        )


def _progress(text: str) -> None:
    """Show progress: one changing line on a terminal, every tenth step elsewhere."""
    if sys.stdout.isatty():
        print(f"\r\033[K{text and '  ' + text}", end="", flush=True)
    elif text.split("/")[0].endswith("0") or "unpacking" in text:
        print(f"  {text}", flush=True)


def _say(text: str) -> None:
    # An output without every character shows "?" instead of a bullet.
    sys.stdout.reconfigure(errors="replace")
    print(f"• {text}", flush=True)
