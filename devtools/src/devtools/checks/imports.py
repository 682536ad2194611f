"""Finds requirements that a package states but does not import."""

import subprocess
import sys
from pathlib import Path

from devtools.layout import CHASSIS, DEVTOOLS, PACKAGES, ROOT

DEPTRY = Path(sys.executable).parent / "deptry"
# Required without an import of the package's own, and why.
QUEUE = "chassis.messaging imports it; only services with a queue require it"
WITHOUT_IMPORT = {
    CHASSIS: {"psycopg": "SQLAlchemy imports it for postgresql+psycopg addresses"},
    "order-svc": {"boto3": QUEUE},
    "payment-svc": {"boto3": QUEUE},
    DEVTOOLS: {
        "flask-cors": "moto's server imports it; moto[sqs] does not require it",
        "setuptools": "builds this repository's packages when they are installed",
    },
}


def problems() -> list[str]:
    """Return a sentence for each requirement that nothing imports."""
    return [line for package in PACKAGES for line in in_package(ROOT / package)]


def in_package(folder: Path) -> list[str]:
    """Return the problems of one package, and needless entries of the list."""
    listed = WITHOUT_IMPORT.get(folder.name, {})
    unused = _unused(folder)
    extra, needless = unused - listed.keys(), listed.keys() - unused
    found = [f"{folder.name}: {name} is not imported" for name in extra]
    found += [f"{folder.name}: {name} need not be listed" for name in needless]
    return sorted(found)


def _unused(folder: Path) -> set[str]:
    """Return the requirements of a package that its code does not import.

    Imports of what another requirement brings along (DEP003) are allowed.
    """
    config = folder / "pyproject.toml"
    command = [str(DEPTRY), f"{folder}/src", f"--config={config}", "--no-ansi"]
    done = subprocess.run(
        [*command, "--ignore", "DEP003"], cwd=folder, capture_output=True, text=True
    )
    lines = [line for line in done.stderr.splitlines() if " DEP" in line]
    if done.returncode and not lines:
        raise RuntimeError(done.stderr)
    return {line.partition("'")[2].partition("'")[0] for line in lines}
