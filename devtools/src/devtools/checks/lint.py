"""`make lint`: every check that needs no test run, one line each."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from rich.markup import escape

from devtools.checks import imports, mirror, requirements, sizes, words
from devtools.checks.security import controls
from devtools.layout import CHASSIS, PACKAGES, ROOT, VERIFICATION
from devtools.terminal import console

BIN = Path(sys.executable).parent


class Failed(Exception):
    """A check failed; the text is its output."""


def run() -> int:
    """Run all checks, also after a failure; return 0 when all are clean."""
    out = console()
    good = True
    for title, check in CHECKS.items():
        started = time.monotonic()
        try:
            mark, result = "[green]✓[/]", check()
        except Failed as wrong:
            mark, result, good = "[red]✗[/]", f"\n{wrong}", False
        seconds = f"{time.monotonic() - started:5.1f} s"
        out.print(f"{mark} [dim]{seconds}[/]  {title:<26} {escape(result)}")
    return 0 if good else 1


def _tool(name: str, *arguments: str, **environ: str) -> Callable[[], str]:
    """Create a check that runs a program; a success shows its last line."""

    def check() -> str:
        done = subprocess.run(
            [BIN / name, *arguments],
            cwd=ROOT,
            env={**os.environ, **environ},
            capture_output=True,
            text=True,
        )
        output = (done.stdout + done.stderr).strip()
        if done.returncode:
            raise Failed(output)
        return output.splitlines()[-1] if output else ""

    return check


def _none(problems: Callable[[], list[str]], result: str) -> Callable[[], str]:
    """Create a check from a function that lists problems."""

    def check() -> str:
        if found := problems():
            raise Failed("\n".join(found))
        return result

    return check


def _pre_commit() -> str:
    """Run the hooks of `.pre-commit-config.yaml` on all files; ruff ran already."""
    if not (ROOT / ".git").exists():
        return "skipped: this folder is no git clone"
    skipped = "ruff-check,ruff-format"
    _tool("pre-commit", "run", "--all-files", SKIP=skipped)()
    return "white space, line ends, syntax, sizes of files, secrets"


def _chassis_sizes() -> str:
    lines = sizes.part_lines(ROOT / CHASSIS / "src" / CHASSIS)
    budgets = sizes.CHASSIS_BUDGETS
    over = [
        f"chassis {part}: {lines[part]} lines of code; the budget is {budgets[part]}"
        for part in budgets
        if lines[part] > budgets[part]
    ]
    if over:
        raise Failed("\n".join(over))
    used = [f"{part} {lines[part]}/{budgets[part]}" for part in budgets]
    return f"lines of code: {', '.join(used)}"


CHECKS: dict[str, Callable[[], str]] = {
    "ruff check": _tool("ruff", "check", "."),
    "ruff format": _tool("ruff", "format", "--check", "."),
    "mypy": _tool("mypy", *(f"{folder}/src" for folder in PACKAGES), VERIFICATION),
    "import-linter": _tool("lint-imports", "--no-cache", "--no-logo"),
    "hadolint": _tool("hadolint", "Dockerfile"),
    "zizmor": _tool("zizmor", "--offline", "--quiet", "--persona=pedantic", ".github"),
    "pre-commit": _pre_commit,
    "requirements in step": _none(requirements.problems, "all pinned, all with hashes"),
    "requirements are imported": _none(imports.problems, "each is, or has its reason"),
    "sizes of the chassis": _chassis_sizes,
    "tests mirror modules": _none(
        mirror.problems, "each module has a test file of its name"
    ),
    "controls have tests": _none(controls.problems, "as docs/security.md shows them"),
    "words": _none(words.problems, "nothing unfinished, no addresses of this machine"),
}
