"""A state folder, a repository root and programs of the test's own."""

import os

import pytest
from stand_in import StandIn

from devtools import layout
from devtools.local import environment


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
    found = StandIn(folder, "docker")
    found.answer("inspect", 0, '[{"Id": "sha256:0123456789abcdef", "Size": 214000000}]')
    return found


@pytest.fixture
def kubectl(docker):
    """Put such a program in the place of kubectl."""
    return StandIn(docker.folder, "kubectl")


@pytest.fixture
def kind(docker):
    """Put such a program in the place of kind's."""
    return StandIn(docker.folder, "kind")


@pytest.fixture
def helm(docker):
    """Put such a program in the place of Helm's."""
    return StandIn(docker.folder, "helm")
