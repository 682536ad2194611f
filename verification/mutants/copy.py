"""A copy of the repository, to which one patch at a time is applied."""

import contextlib
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET  # reads only what pytest has just written
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from devtools.layout import PACKAGES, ROOT, module

WHERE = """
import importlib, sys
for name in sys.argv[1:]:
    print(importlib.import_module(name).__file__)
"""


class Broken(Exception):
    """A mutant cannot be tested; the text gives the reason."""


@dataclass(frozen=True)
class Seen:
    """The result of a killer's tests: passed, failed, and not run."""

    held: int
    failed: int
    broken: int


class Copy:
    """The files tracked by git, in their current state, in a separate folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in _git(ROOT, "ls-files", "-z").split("\0"):
            if (source := ROOT / name).is_file():
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target)

    def environment(self, database: str) -> dict[str, str]:
        """Return an environment that imports the packages of the copy."""
        paths = (str(self.folder / package / "src") for package in PACKAGES)
        return {
            **{k: v for k, v in os.environ.items() if k != "DATABASE_URL"},
            "TEST_DATABASE": database,
            "PYTHONPATH": os.pathsep.join(paths),
        }

    def check(self) -> None:
        """Raise Broken unless Python imports the packages of the copy."""
        names = [module(package) for package in PACKAGES]
        command = [sys.executable, "-c", WHERE, *names]
        for path in _run(command, self.folder, self.environment("")).splitlines():
            if not Path(path).is_relative_to(self.folder):
                raise Broken(f"{path} would be tested instead of the copy's")

    @contextlib.contextmanager
    def without_rule(self, patch: Path) -> Iterator[None]:
        """Apply a patch, and revert it; raise Broken when it does not apply."""
        _git(self.folder, "apply", str(ROOT / patch))
        try:
            yield
        finally:
            _git(self.folder, "apply", "--reverse", str(ROOT / patch))

    def run(self, killers: tuple[str, ...], database: str) -> Seen:
        """Run tests and count their results."""
        report = self.folder / "report.xml"
        report.unlink(missing_ok=True)
        options = ("-q", "-x", "-p", "no:cacheprovider", f"--junitxml={report}")
        subprocess.run(
            [sys.executable, "-m", "pytest", *options, *killers],
            cwd=self.folder,
            env=self.environment(database),
            capture_output=True,
            check=False,
        )
        return _count(report)


def _count(report: Path) -> Seen:
    counts = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    if report.exists():
        for suite in ET.parse(report).getroot().iter("testsuite"):  # noqa: S314
            for name in counts:
                counts[name] += int(suite.get(name, 0))
    tests, failed, broken, skipped = counts.values()
    return Seen(tests - failed - broken - skipped, failed, broken + skipped)


def _git(folder: Path, *words: str) -> str:
    # A repository around the temporary folder must not be found.
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.parent)}
    return _run(["git", *words], folder, environment)


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        raise Broken((done.stderr or done.stdout).strip())
    return done.stdout
