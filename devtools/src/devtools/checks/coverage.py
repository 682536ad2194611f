"""`make coverage`: branch coverage of each package by its own tests, with a minimum."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from devtools.layout import PACKAGES, ROOT, module
from devtools.terminal import console, end_on_sigterm

# The least coverage of lines and branches in percent: as measured, rounded down. A
# package that is not listed was not measured on a quiet machine yet.
HELD = {"product-svc": 99, "razorpay-sandbox": 97}


@dataclass(frozen=True)
class Result:
    """The coverage of one package: percent, and whether its tests passed."""

    package: str
    percent: float
    passed: bool

    @property
    def is_good(self) -> bool:
        """Return whether the tests passed and cover what is held."""
        return self.passed and self.percent >= held(self.package)


def held(package: str) -> int:
    """Return the least coverage of a package, in percent."""
    return HELD.get(package, 0)


def run(packages: tuple[str, ...]) -> int:
    """Measure the packages, or all of them; return 0 when each is good."""
    end_on_sigterm()
    results = [measure(package) for package in packages or PACKAGES]
    show(results)
    return int(not all(result.is_good for result in results))


def measure(package: str) -> Result:
    """Run the tests of a package on SQLite, and measure which branches they take."""
    console().rule(f"[bold]{package}[/]", align="left")
    with tempfile.TemporaryDirectory(prefix="shop-coverage-") as folder:
        data, report = Path(folder) / "data", Path(folder) / "report.json"
        source = f"--source={package}/src/{module(package)}"
        tests = ("-m", "pytest", "-q", "-n", "0", "-m", "not e2e", f"{package}/tests")
        code = _coverage("run", data, "--branch", source, *tests)
        _coverage("json", data, "--quiet", "-o", str(report))
        return Result(package, percent(report), code == 0)


def percent(report: Path) -> float:
    """Return the percentage in a JSON report; 0 if coverage has written none."""
    if not report.exists():
        return 0
    return float(json.loads(report.read_text())["totals"]["percent_covered"])


def show(results: list[Result]) -> None:
    """Print a table of the results."""
    table = Table(title="Coverage", title_justify="left", header_style="bold")
    for heading in ("", "Measured", "Held", "Tests"):
        table.add_column(heading, justify="right" if heading else "left")
    for one in results:
        colour = "green" if one.is_good else "red"
        tests = "passed" if one.passed else "failed"
        numbers = f"{one.percent:.2f} %", f"{held(one.package)} %"
        table.add_row(f"[{colour}]{one.package}[/]", *numbers, tests)
    console().print(table)


def _coverage(command: str, data: Path, *words: str) -> int:
    program = [sys.executable, "-m", "coverage", command, f"--data-file={data}"]
    environ = {**os.environ, "TEST_DATABASE": ""}
    return subprocess.run([*program, *words], cwd=ROOT, env=environ).returncode
