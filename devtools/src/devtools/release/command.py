"""`make release VERSION=…`: makes the commit that is the release."""

import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import click

from devtools.layout import ROOT, VERSION, version
from devtools.release import changelog, compat, contract, history
from devtools.terminal import console

NUMBER = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
# Files that repeat the version, because the programs that read them know no other.
REPEATED = ("helm/shop/Chart.yaml", "k8s/shop/razorpay-sandbox.yaml")
PLACES = (
    r'^version: |^appVersion: "|\bshop/[a-z-]+:|\bhelm\.sh/chart: shop-'
    r"|\bapp\.kubernetes\.io/version: "
)


def run(new: str) -> int:
    """Check, write and commit a release; return 1 when `make compat` fails."""
    check(new, version())
    require_clean()
    if compat.run():
        return 1
    paths = write(new)
    commit(new, paths)
    console().print(f"This commit is the release {new}. Publish it: git push")
    return 0


def check(new: str, old: str) -> None:
    """Raise ClickException when a version is none, or is not above the last one."""
    if not NUMBER.fullmatch(new):
        raise click.ClickException(
            "A version is three numbers: make release VERSION=1.2.3"
        )
    if _parts(new) <= _parts(old):
        raise click.ClickException(f"The version is {old} already; {new} is not newer.")


def require_clean() -> None:
    """Raise ClickException when files are changed, or nothing is to be released."""
    if history.git("status", "--porcelain"):
        raise click.ClickException("Commit or stash your changes first: git status")
    if not changelog.section(_changelog()).strip():
        raise click.ClickException("CHANGELOG.md has nothing under Unreleased.")


def write(new: str) -> list[Path]:
    """Write the version, the changelog and the contract; return the paths."""
    old, day = version(), datetime.now(UTC).date().isoformat()
    VERSION.write_text(f"{new}\n")
    compat.CHANGELOG.write_text(changelog.released(_changelog(), new, day))
    changed = [ROOT / name for name in REPEATED]
    changed += sorted((ROOT / "tests" / "chart" / "golden").glob("*.yaml"))
    for path in changed:
        path.write_text(replaced(path.read_text(encoding="utf-8"), old, new))
    return [VERSION, compat.CHANGELOG, *changed, *contract.keep()]


def commit(new: str, paths: list[Path]) -> None:
    """Commit the paths; the subject marks the commit as a release."""
    git = ["git", "-C", str(ROOT)]
    subprocess.run([*git, "add", "--", *paths], check=True)
    message = f"{history.SUBJECT}{new}"
    subprocess.run([*git, "commit", "--quiet", "-m", message], check=True)


def replaced(text: str, old: str, new: str) -> str:
    """Return the text with the version of the chart and of our images replaced."""
    return re.sub(
        f"({PLACES}){re.escape(old)}\\b", rf"\g<1>{new}", text, flags=re.MULTILINE
    )


def _parts(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


def _changelog() -> str:
    return compat.CHANGELOG.read_text(encoding="utf-8")
