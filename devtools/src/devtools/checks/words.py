"""Finds words that must not be committed: unfinished marks and local addresses."""

import re
import subprocess
from collections.abc import Iterator

from devtools.layout import ROOT

# Concatenated, so that this file does not match itself.
UNFINISHED = ("TO" + "DO", "FIX" + "ME", "X" * 3)
HOSTS = ("pypi" + r"\.org", "python" + r"hosted\.org", "npm" + r"js\.org")
PATHS = ("/wo" + "rk/", "/ro" + "ot/", "/ho" + r"me/\w")
OUTSIDE = r"\.\./sha" + "red"
MAY_LOOK_OUTSIDE = ".ci/run"
FORBIDDEN = re.compile(
    rf"\b({'|'.join(UNFINISHED)})\b|({'|'.join((*HOSTS, *PATHS))})|({OUTSIDE})"
)
NOT_OURS = re.compile(r"(^|/)(static|fonts)/|\.(png|svg|ico|gz|woff2?)$")


def problems() -> list[str]:
    """Return each place of a forbidden word: file, line and the word."""
    names = [name for name in _files() if not NOT_OURS.search(name)]
    return [problem for name in names for problem in _in_file(name)]


def _in_file(name: str) -> Iterator[str]:
    try:
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    except (UnicodeDecodeError, FileNotFoundError):
        return
    for number, line in enumerate(lines, 1):
        found = FORBIDDEN.search(line)
        if found and not (found[3] and name == MAY_LOOK_OUTSIDE):
            yield f"{name}:{number}: {found[0]}"


def _files() -> list[str]:
    """Return what git tracks or would track; without git, what is not hidden."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        found = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        paths = (p.relative_to(ROOT) for p in ROOT.rglob("[!.]*") if p.is_file())
        return [str(path) for path in paths if not str(path).startswith((".", "var/"))]
    return [name for name in found.stdout.split("\0") if name]
