"""`make chart`: fetch the tools, then lint, render, compare and test the chart."""

import subprocess
import sys

from devtools.chart import readme, tools
from devtools.chart.render import CASES, GOLDEN, golden, template
from devtools.layout import ROOT
from devtools.terminal import console

PARALLEL = ("-n", "auto", "--maxprocesses", "4", "--dist", "loadfile")


def run(arguments: tuple[str, ...]) -> int:
    """Run every test of the chart; arguments go to pytest. Return 0 when all passed."""
    out = console()
    tools.fetch()
    found = tools.found()
    for sentence in found.missing:
        out.print(f"[bold yellow]Skipped:[/] {sentence}")
    if not found.helms:
        out.print("Nothing was checked: no Helm. Install one and run this again.")
        return 1
    out.print(f"• Helm: {', '.join(found.helms)}")
    command = [sys.executable, "-m", "pytest", "-q", "tests/chart", *PARALLEL]
    command += arguments
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def rewrite() -> int:
    """Rewrite the golden files from the chart's current output, and its README."""
    tools.fetch()
    helm = list(tools.found().helms.values())[-1]
    for name, values in CASES.items():
        path = GOLDEN / f"{name}.yaml"
        path.write_text(golden(template(helm, values)), encoding="utf-8")
        console().print(f"• {path.relative_to(ROOT)}")
    readme.write()
    console().print("Review the changes: git diff tests/chart/golden helm/shop")
    return 0
