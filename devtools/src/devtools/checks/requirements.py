"""The pinned requirements: written with uv, and checked to be in step."""

import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import click
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from devtools.layout import CHASSIS, IMAGES, PACKAGES, REQUIREMENTS, ROOT, SANDBOX

COMPILE = shlex.split(
    "pip compile --quiet --universal --python-version 3.11 --generate-hashes"
    " --no-header --no-annotate --no-emit-index-url --no-emit-find-links"
)


@dataclass
class Pin:
    """One pinned line: its requirement, version, and how many hashes it has."""

    requirement: Requirement
    version: str
    hashes: int = 0


@dataclass
class Pins:
    """A requirements file, read; a package may stand twice under other markers."""

    name: str
    pins: dict[str, list[Pin]] = field(default_factory=dict)
    strange: list[str] = field(default_factory=list)


def compile_all(uv: str, upgrade: bool) -> None:
    """Write run.txt, dev.txt and one file for each image; raise when uv fails."""
    more = ["--upgrade"] if upgrade else []
    _compile(uv, "run", [_pyproject(folder) for folder in PACKAGES], more)
    _compile(uv, "dev", ["requirements/run.txt", "requirements/dev.in"], more)
    for image in IMAGES:
        sources = [_pyproject(folder) for folder in _folders(image)]
        _compile(uv, image, sources, ["--constraint", "requirements/run.txt"])
    for name in tools():
        _compile(uv, name, [f"requirements/{name}.in"], ["--no-deps", *more])


def problems() -> list[str]:
    """Return a sentence for each difference of requirements and pyproject files."""
    files = {name: parse(REQUIREMENTS / f"{name}.txt") for name in _names()}
    found = [line for pins in files.values() for line in _faults(pins)]
    for name in tools():
        found += _faults(parse(REQUIREMENTS / f"{name}.txt"))
    for name, pins in files.items():
        found += _unmet(pins, wanted(name))
        found += _differences(pins, files["dev"])
    return found


def wanted(name: str) -> list[Requirement]:
    """Return the requirements that a file must meet, from the pyproject files."""
    found = [item for folder in _folders(name) for item in _dependencies(ROOT / folder)]
    if name == "dev":
        lines = (REQUIREMENTS / "dev.in").read_text().splitlines()
        found += [Requirement(line) for line in lines if line and line[0] != "#"]
    return found


def tools() -> list[str]:
    """Return the files of programs that packages carry; each is installed alone."""
    folder = REQUIREMENTS / "tools"
    return sorted(f"tools/{path.stem}" for path in folder.glob("*.in"))


def parse(path: Path) -> Pins:
    """Read a requirements file into its pins; keep lines that are no pin as strange."""
    result = Pins(path.name)
    current: Pin | None = None
    for line in path.read_text().replace("\\\n", "\n").splitlines():
        text = line.strip()
        if text.startswith("--hash=sha256:") and current:
            current.hashes += 1
        elif text and (text[0] != "#" or "://" in text):
            current = _pin(result, text)
    return result


def _pin(result: Pins, text: str) -> Pin | None:
    try:
        requirement = Requirement(text)
        [specifier] = requirement.specifier
    except ValueError:
        result.strange.append(text)
        return None
    if specifier.operator != "==" or requirement.url:
        result.strange.append(text)
        return None
    pin = Pin(requirement, specifier.version)
    result.pins.setdefault(canonicalize_name(requirement.name), []).append(pin)
    return pin


def _faults(pins: Pins) -> Iterator[str]:
    for text in pins.strange:
        yield f"{pins.name}: not a pin with a version: {text}"
    for name, lines in pins.pins.items():
        if not all(pin.hashes for pin in lines):
            yield f"{pins.name}: {name} has no hash"


def _unmet(pins: Pins, requirements: list[Requirement]) -> Iterator[str]:
    for item in requirements:
        lines = pins.pins.get(canonicalize_name(item.name), [])
        fits = [pin.version in item.specifier for pin in lines]
        if not fits or not all(fits):
            has = ", ".join(pin.version for pin in lines) or "nothing"
            yield f"{pins.name}: {item} is wanted, {has} is pinned; make requirements"


def _differences(pins: Pins, dev: Pins) -> Iterator[str]:
    for name, lines in pins.pins.items():
        here = {pin.version for pin in lines}
        there = {pin.version for pin in dev.pins.get(name, [])}
        if not here <= there:
            yield f"{pins.name}: {name} is {here}, in {dev.name} {there or 'missing'}"


def _dependencies(folder: Path) -> list[Requirement]:
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    return [Requirement(text) for text in project["dependencies"]]


def _folders(name: str) -> tuple[str, ...]:
    """Return the packages behind a file; the sandbox stands alone."""
    if name == SANDBOX:
        return (SANDBOX,)
    return (CHASSIS, name) if name in IMAGES else PACKAGES


def _names() -> tuple[str, ...]:
    return ("run", "dev", *IMAGES)


def _pyproject(folder: str) -> str:
    return f"{folder}/pyproject.toml"


def _compile(uv: str, name: str, sources: list[str], more: list[str]) -> None:
    target = f"requirements/{name}.txt"
    click.echo(f"• {target}")
    command = [uv, *COMPILE, *sources, *more, "--output-file", target]
    try:
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    except FileNotFoundError:
        raise click.ClickException(
            "uv is missing: pip install uv, or make requirements UV=path/to/uv"
        ) from None
    except subprocess.CalledProcessError:
        raise click.ClickException(f"uv could not write {target}") from None
