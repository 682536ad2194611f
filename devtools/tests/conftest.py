"""A state folder, a repository root and a Docker of the test's own."""

import os

import pytest
from docker_stand_in import Docker

from shop import environment, layout


@pytest.fixture
def var(tmp_path, monkeypatch):
    """Keep state in a folder of the test's own, for the local shop alone."""
    folder = tmp_path / "var"
    monkeypatch.setenv("TARGET", "local")
    monkeypatch.setenv("SHOP_VAR", str(folder))
    return folder


@pytest.fixture
def root(tmp_path, monkeypatch):
    """Read .env files from a folder of the test's own."""
    folder = tmp_path / "root"
    for name in layout.IMAGES:
        (folder / name).mkdir(parents=True)
    monkeypatch.setattr(environment, "ROOT", folder)
    return folder


@pytest.fixture
def docker(tmp_path, monkeypatch):
    """Put such a program in the place of Docker's."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    found = Docker(folder)
    found.answer("^inspect", 0, '[{"Size": 214000000}]')
    return found
