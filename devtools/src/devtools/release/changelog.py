"""Reads CHANGELOG.md and turns *Unreleased* into the heading of a release."""

import re

UNRELEASED = "## Unreleased\n"
BREAKING = "### Breaking\n"


def section(text: str) -> str:
    """Return what is written under *Unreleased*."""
    _, found, rest = text.partition(UNRELEASED)
    return re.split(r"^## ", rest, maxsplit=1, flags=re.MULTILINE)[0] if found else ""


def breaking(text: str) -> list[str]:
    """Return the lines under *Unreleased*, *Breaking*."""
    _, found, rest = section(text).partition(BREAKING)
    lines = re.split(r"^### ", rest, maxsplit=1, flags=re.MULTILINE)[0]
    return lines.splitlines() if found else []


def released(text: str, version: str, day: str) -> str:
    """Return the text with *Unreleased* as a release, below a new, empty one."""
    return text.replace(UNRELEASED, f"{UNRELEASED}\n## {version} - {day}\n", 1)


def versions(text: str) -> list[str]:
    """Return the released versions, newest first."""
    return re.findall(r"^## (\d+\.\d+\.\d+) - \d{4}-\d\d-\d\d$", text, re.MULTILINE)
