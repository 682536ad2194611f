"""Finds the last release in git's history."""

import subprocess
from pathlib import Path

from devtools.layout import ROOT

SUBJECT = "release: "


def last(root: Path = ROOT) -> str | None:
    """Return the last tag, else the last commit of a release, else None."""
    tag = git("describe", "--tags", "--abbrev=0", root=root)
    return tag or git("log", "-1", "--format=%H", f"--grep=^{SUBJECT}[0-9]", root=root)


def git(*words: str, root: Path = ROOT) -> str | None:
    """Return the output of git; None if the command fails or prints nothing."""
    command = ["git", "-C", str(root), *words]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.stdout.strip() or None if done.returncode == 0 else None
