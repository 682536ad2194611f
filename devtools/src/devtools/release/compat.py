"""`make compat`: what today's code takes away or narrows since the last release."""

from rich.markup import escape

from devtools.layout import ROOT
from devtools.release import changelog, contract
from devtools.release.changes import Narrowing
from devtools.release.narrowings import between
from devtools.terminal import console

CHANGELOG = ROOT / "CHANGELOG.md"


def run() -> int:
    """Print the narrowings; return 0 when CHANGELOG.md names each under *Breaking*."""
    out = console()
    old = contract.kept()
    if old is None:
        out.print("There is no release yet, so there is nothing to compare with.")
        return 0
    found = between(old, contract.current())
    named = changelog.breaking(CHANGELOG.read_text(encoding="utf-8"))
    missing = [one for one in found if not is_named(one, named)]
    for one in found:
        mark = "[red]✗[/]" if one in missing else "[yellow]![/]"
        out.print(f"{mark} {escape(str(one))}", soft_wrap=True)
    out.print(summary(found, missing), soft_wrap=True)
    return int(bool(missing))


def is_named(narrowing: Narrowing, lines: list[str]) -> bool:
    """Return whether one line names the place and the member, each in backticks."""
    names = [f"`{name}`" for name in (narrowing.place, narrowing.member) if name]
    return any(all(name in line for name in names) for line in lines)


def summary(found: list[Narrowing], missing: list[Narrowing]) -> str:
    """Return the last line of the output."""
    if missing:
        return (
            f"{len(missing)} changes can break users of the last release. Undo them, "
            "or name the place and the member of each in backticks on one line of "
            "CHANGELOG.md, under Unreleased, Breaking."
        )
    if found:
        return f"{len(found)} breaking changes, all named in CHANGELOG.md."
    return "Nothing is taken away or narrower than in the last release."
