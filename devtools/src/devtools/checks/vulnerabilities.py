"""`make vulnerabilities`: the pinned requirements and published vulnerabilities."""

import subprocess
import sys
from pathlib import Path

from devtools.layout import REQUIREMENTS, ROOT

PIP_AUDIT = Path(sys.executable).parent / "pip-audit"
# Accepted vulnerabilities by id, each with its reason.
ACCEPTED: dict[str, str] = {}


def run() -> int:
    """Check all pins with pip-audit; return 0 when nothing is known about them."""
    command = [str(PIP_AUDIT), "--disable-pip", "--require-hashes"]
    for path in (REQUIREMENTS / "dev.txt", *sorted(REQUIREMENTS.glob("tools/*.txt"))):
        command += ["--requirement", str(path)]
    command += [f"--ignore-vuln={name}" for name in ACCEPTED]
    return subprocess.run(command, cwd=ROOT).returncode
