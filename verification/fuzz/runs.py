"""One run of Schemathesis: a service's document, as one caller."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devtools.layout import ROOT
from devtools.local.supervisor import die_with_parent
from verification.fuzz.callers import RAZORPAY, VARIABLE, Accounts
from verification.fuzz.shop import FuzzedShop

HOOKS = "verification.fuzz.hooks"
CONFIG = Path(__file__).with_name("schemathesis.toml")
PHASES = ("examples", "coverage", "fuzzing", "stateful")


@dataclass(frozen=True)
class Outcome:
    """What a run has found; `log` is the output of Schemathesis."""

    service: str
    role: str
    operations: int
    cases: int
    failures: int
    seconds: float
    code: int
    log: str

    @property
    def is_good(self) -> bool:
        """Return whether every operation was tested and no check has failed."""
        return self.code == 0 and self.failures == 0 and self.cases > 0


def fuzz(
    shop: FuzzedShop, service: str, role: str, seed: int, examples: int
) -> Outcome:
    """Run all phases and checks."""
    folder = shop.folder / "fuzz" / service / role
    folder.mkdir(parents=True)
    report = folder / "report.json"
    started = time.monotonic()
    done = subprocess.run(
        command(shop.site.address(service), report, seed, examples),
        cwd=ROOT,
        env=_environment(shop, service, role),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        preexec_fn=die_with_parent,
    )
    seconds = time.monotonic() - started
    found = json.loads(report.read_text()) if report.exists() else {}
    return outcome(service, role, found, seconds, done)


def command(address: str, report: Path, seed: int, examples: int) -> list[str]:
    """Return the command; the number of examples bounds its time."""
    return [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG)),
        *("run", f"{address}/swagger.json", "--url", address),
        *("--checks", "all", "--phases", ",".join(PHASES)),
        *("--seed", str(seed), "--max-examples", str(examples), "--no-shrink"),
        *("--continue-on-failure", "--no-color", "--output-truncate", "false"),
        *("--report", "json", "--report-json-path", str(report)),
    ]


def _environment(shop: FuzzedShop, service: str, role: str) -> dict[str, str]:
    caller = Accounts(role, service, shop.site.address("user-svc"), shop.admin())
    own = {
        VARIABLE: json.dumps(caller.settings()),
        RAZORPAY: json.dumps(shop.razorpay()),
        "SCHEMATHESIS_HOOKS": HOOKS,
    }
    return {**os.environ, "NO_PROXY": "*", "no_proxy": "*", **own}


def outcome(
    service: str,
    role: str,
    report: dict[str, Any],
    seconds: float,
    done: subprocess.CompletedProcess[str],
) -> Outcome:
    """Read the report of a run; without one, nothing was tested."""
    cases = report.get("test_cases") or {}
    return Outcome(
        service,
        role,
        (report.get("operations") or {}).get("tested", 0),
        cases.get("generated", 0),
        cases.get("unique_failures", 0),
        seconds,
        done.returncode,
        done.stdout,
    )
