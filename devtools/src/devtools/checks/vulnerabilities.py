"""`make vulnerabilities`: the pinned requirements and published vulnerabilities."""

import subprocess
import sys
from pathlib import Path

from devtools.checks import requirements
from devtools.layout import REQUIREMENTS, ROOT

PIP_AUDIT = Path(sys.executable).parent / "pip-audit"
# Accepted vulnerabilities by id, each with its reason.
ACCEPTED: dict[str, str] = {}


def run(arguments: tuple[str, ...]) -> int:
    """Check all pins with pip-audit; return 0 when nothing is known about them.

    Each file is checked alone, because tools are pinned in several versions. dev.txt
    has the pins of every image too.
    """
    names = ("dev", *requirements.tools())
    return max(_check(REQUIREMENTS / f"{name}.txt", arguments) for name in names)


def _check(path: Path, arguments: tuple[str, ...]) -> int:
    command = [str(PIP_AUDIT), "--disable-pip", "--require-hashes", *arguments]
    command += [f"--ignore-vuln={name}" for name in ACCEPTED]
    return subprocess.run([*command, f"--requirement={path}"], cwd=ROOT).returncode
