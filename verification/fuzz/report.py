"""The summary of `make fuzz`: a line for each run, and a table of the roles."""

import click

from verification.fuzz.callers import ROLES
from verification.fuzz.runs import Outcome

FINDINGS = " FAILURES ="
COLUMNS = "{:<10} {:>10} {:>8} {:>9} {:>8}"


def show(one: Outcome, passed: float) -> None:
    """Print a run, and what it has found."""
    mark = "✓" if one.is_good else "✗"
    click.echo(
        f"{passed:6.1f} s  {mark} {one.service:<11} {one.role:<9} "
        f"{one.operations} operations, {one.cases} cases, {one.failures} failures"
    )
    if not one.is_good:
        before, _, findings = one.log.partition(FINDINGS)
        click.echo(findings or before)


def table(found: list[Outcome], seconds: float) -> str:
    """Return the table of the roles, and what all runs took."""
    lines = [COLUMNS.format("role", "operations", "cases", "failures", "seconds")]
    lines += [_line(role, found) for role in ROLES]
    lines.append(_line("all", found))
    return "\n".join(("", *lines, f"{seconds:.0f} s in all"))


def _line(role: str, found: list[Outcome]) -> str:
    """Return the sums of a role, or of all."""
    mine = [one for one in found if role in (one.role, "all")]
    seconds = f"{sum(one.seconds for one in mine):.0f}"
    numbers = (
        sum(getattr(one, name) for one in mine)
        for name in ("operations", "cases", "failures")
    )
    return COLUMNS.format(role, *numbers, seconds)
