"""A clone works on a machine whose git converts line ends."""

import os
import subprocess

import pytest

from devtools.layout import ROOT

SCRIPTS = ("docker/serve", "docker/ready", ".ci/run")
GUNICORN = '#!/bin/sh\necho "gunicorn $*"\n'


def git(*words, cwd=ROOT):
    done = subprocess.run(
        ["git", *words], cwd=cwd, capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """Return a clone made with `core.autocrlf=true`, as Git for Windows sets it."""
    if not (ROOT / ".git").exists():
        pytest.skip("this folder is no git clone")
    folder = tmp_path_factory.mktemp("clone") / "shop"
    setting = ("-c", "core.autocrlf=true")
    git(*setting, "clone", "--quiet", "--shared", str(ROOT), str(folder))
    git("config", "core.autocrlf", "true", cwd=folder)
    return folder


def test_every_text_file_has_the_line_ends_of_the_repository(clone):
    lines = git("ls-files", "--eol", cwd=clone).splitlines()

    converted = [line for line in lines if "w/crlf" in line or "w/mixed" in line]
    assert converted == []
    assert len(lines) > 1000


def test_nothing_in_it_counts_as_changed(clone):
    assert git("status", "--porcelain", cwd=clone) == ""


@pytest.mark.parametrize("script", SCRIPTS)
def test_its_scripts_are_executable_and_can_be_read_by_the_shell(clone, script):
    path = clone / script

    assert os.access(path, os.X_OK)
    subprocess.run(["bash", "-n", str(path)], check=True)


def test_the_command_of_its_images_starts_the_server(clone, tmp_path):
    server = tmp_path / "gunicorn"
    server.write_text(GUNICORN)
    server.chmod(0o755)
    environ = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}

    done = subprocess.run(
        [clone / "docker" / "serve"],
        env={**environ, "SERVICE_NAME": "order-svc"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.startswith("gunicorn --bind 0.0.0.0:8000 order_svc:create_app()")
    assert "\r" not in done.stdout
