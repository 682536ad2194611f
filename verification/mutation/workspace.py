"""The folder in which mutmut works on one package: `var/mutation/<package>`.

It holds copies of the package's modules and tests, mutmut's settings, and below
`mutants` what mutmut has generated and found out. A later run continues there.
"""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

from devtools.layout import ROOT, state_folder
from verification.mutation.targets import Target

VERIFICATION = Path(__file__).resolve().parents[2]  # is never installed
# The seconds that a mutant has: as long as its tests, plus a pause for a busy machine,
# and this many times as much.
PAUSE, PATIENCE = 10, 15


def folder(target: Target) -> Path:
    """Return the workspace of a package, which may not exist yet."""
    return state_folder() / "mutation" / target.package


def prepare(target: Target) -> Path:
    """Copy what has changed in a package, and return its workspace."""
    place = folder(target)
    for name in ("src", "tests"):
        _update(ROOT / target.package / name, place / name)
    _write(place / "pyproject.toml", _settings(target))
    _write(place / "mypy.toml", _mypy())
    return place


def generate(workspace: Path) -> None:
    """Generate the mutants, and mark those that the type checker finds."""
    _run(workspace, [sys.executable, "-m", "verification.mutation.generate"])


def test(workspace: Path, names: Sequence[str], children: int) -> None:
    """Run the tests of each of these mutants, with mutmut's own progress."""
    _run(workspace, ["mutmut", "run", f"--max-children={children}", *names])


def _run(workspace: Path, command: list[str]) -> None:
    programs = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    environment = {**os.environ, "PATH": programs, "PYTHONPATH": str(VERIFICATION)}
    environment["TEST_DATABASE"] = ""
    subprocess.run(command, cwd=workspace, env=environment, check=True)


def _update(source: Path, target: Path) -> None:
    """Copy what has changed; mutmut compares the times of files."""
    wanted = {
        path.relative_to(source)
        for path in source.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    for path in target.rglob("*"):
        if path.is_file() and path.relative_to(target) not in wanted:
            path.unlink()
    for name in wanted:
        was, now = target / name, source / name
        if not was.exists() or was.read_bytes() != now.read_bytes():
            was.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(now, was)


def _settings(target: Target) -> str:
    """Return mutmut's settings, and those of pytest from the repository."""
    pytest = tomllib.loads((ROOT / "pyproject.toml").read_text())
    options = pytest["tool"]["pytest"]["ini_options"]
    options["pythonpath"] = [str(ROOT / path) for path in options["pythonpath"]]
    del options["testpaths"]
    mutmut = {
        "source_paths": ["src"],
        "only_mutate": [str(path) for path in target.modules()],
        "pytest_add_cli_args_test_selection": list(target.tests),
        "pytest_add_cli_args": ["-n", "0", "-p", "no:cacheprovider"],
        "process_isolation": "forkserver",
        "use_git_change_detection": False,
        "timeout_constant": PAUSE,
        "timeout_multiplier": PATIENCE,
    }
    return _table("tool.mutmut", mutmut) + _table("tool.pytest.ini_options", options)


def _mypy() -> str:
    """Return the repository's settings of mypy, for the modules of a workspace."""
    text = (ROOT / "pyproject.toml").read_text()
    whole = text[text.index("[tool.mypy]") : text.index("[tool.importlinter]")]
    lines = (
        'mypy_path = ["src"]' if line.startswith("mypy_path") else line
        for line in whole.splitlines()
        if not line.startswith("exclude")
    )
    return "\n".join(lines) + "\n"


def _table(name: str, values: dict[str, object]) -> str:
    """Return a table of TOML; its values are written as JSON, which TOML reads."""
    lines = (f"{key} = {json.dumps(value)}" for key, value in values.items())
    return "\n".join((f"[{name}]", *lines)) + "\n\n"


def _write(path: Path, text: str) -> None:
    if not path.exists() or path.read_text() != text:
        path.write_text(text)
