"""`make test`: the whole suite on SQLite, on a private PostgreSQL, and end to end."""

import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET  # reads only what pytest has just written
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from devtools.layout import ROOT
from devtools.local import postgres
from devtools.terminal import console, end_on_sigterm

NOTHING_COLLECTED = 5
CHART = f"--ignore={ROOT / 'tests' / 'chart'}"  # make chart runs them
FAST = ("-m", "not e2e", "--dist", "loadfile", CHART)
COUNTED = ("tests", "failures", "errors", "skipped")
END_TO_END = ("-m", "e2e", "-n", "0", CHART)
# Tests that use no database of a service run once, with SQLite.
WITHOUT_DATABASE = (
    "razorpay-sandbox/tests/*",
    "devtools/tests/test_*.py",
    "devtools/tests/chart/*",
    "devtools/tests/checks/*",
    "devtools/tests/local/*",
    "devtools/tests/release/*",
    "verification/*",
    "tests/deploy/test_migrations.py",  # a release's whole suites: once is enough
    "tests/test_clone.py",
    "tests/test_import_rules.py",
    "order-svc/tests/test_service_tokens.py",
    "payment-svc/tests/test_razorpay_*.py",
    "user-svc/tests/test_emails.py",
    "user-svc/tests/test_passwords.py",
    *(
        f"chassis/tests/{path}.py"
        for path in (
            "test_clock",
            "test_config",
            "test_correlation",
            "test_env_files",
            "test_http",
            "test_json",
            "test_logging",
            "test_outcomes",
            "web/test_counters",
            "web/test_fields",
            "web/test_moments",
            "web/test_security",
            "web/test_texts",
        )
    ),
)
IGNORED = tuple(f"--ignore-glob={ROOT / path}" for path in WITHOUT_DATABASE)


@dataclass
class Outcome:
    """The result of one run of pytest."""

    name: str
    code: int
    seconds: float
    passed: int = 0
    failed: int = 0
    skipped: int = 0


def run(arguments: tuple[str, ...]) -> int:
    """Run all passes with pytest's arguments; return 0 when every test passed."""
    end_on_sigterm()
    # One more than there are cores: a test often waits for a database or a server.
    parallel = ("-n", str(max(2, min(4, (os.cpu_count() or 2) + 1))))
    outcomes = [_pytest("SQLite", (*FAST, *parallel), arguments, "")]
    with postgres.server() as url:
        options = (*FAST, *parallel, *IGNORED)
        outcomes.append(_pytest("PostgreSQL", options, arguments, url))
    outcomes.append(_pytest("end to end", END_TO_END, arguments, ""))
    _show(outcomes)
    if all(outcome.code == NOTHING_COLLECTED for outcome in outcomes):
        return NOTHING_COLLECTED
    return int(any(not _is_good(outcome, arguments) for outcome in outcomes))


def _pytest(
    name: str, options: tuple[str, ...], arguments: tuple[str, ...], database: str
) -> Outcome:
    console().rule(f"[bold]{name}[/]", align="left")
    environ = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    environ["TEST_DATABASE"] = database
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="shop-tests-") as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", *options, *arguments]
        command.append(f"--junitxml={report}")
        code = subprocess.run(command, cwd=ROOT, env=environ, check=False).returncode
        return _read(Outcome(name, code, time.monotonic() - started), report)


def _read(outcome: Outcome, report: Path) -> Outcome:
    if report.exists():
        for suite in ET.parse(report).getroot().iter("testsuite"):  # noqa: S314
            tests, *rest = (int(suite.get(key, 0)) for key in COUNTED)
            failures, errors, skipped = rest
            outcome.failed += failures + errors
            outcome.skipped += skipped
            outcome.passed += tests - failures - errors - skipped
    return outcome


def _is_good(outcome: Outcome, arguments: tuple[str, ...]) -> bool:
    # With a selection, a pass may have no tests.
    return outcome.code == 0 or bool(arguments and outcome.code == NOTHING_COLLECTED)


def _show(outcomes: list[Outcome]) -> None:
    table = Table(title="Tests", title_justify="left", header_style="bold")
    for heading in ("", "Passed", "Failed", "Skipped", "Time"):
        table.add_column(heading, justify="right" if heading else "left")
    for one in outcomes:
        colour = "red" if one.code not in (0, NOTHING_COLLECTED) else "green"
        numbers = (str(n) for n in (one.passed, one.failed, one.skipped))
        table.add_row(f"[{colour}]{one.name}[/]", *numbers, f"{one.seconds:.0f} s")
    total = sum(one.seconds for one in outcomes)
    table.add_row("all", "", "", "", f"{total:.0f} s", style="bold")
    console().print(table)
