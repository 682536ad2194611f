import os
import subprocess

import pytest

from devtools.local import apt


@pytest.fixture
def commands(monkeypatch):
    """Record the commands instead of running them; apt-get and sudo are there."""
    found = []

    def run(command, **_):
        found.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(apt.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(apt.subprocess, "run", run)
    return found


def test_root_installs_a_package(commands, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    apt.install("Redis", "redis-server")

    assert commands == [
        ["apt-get", "--quiet=2", "update"],
        ["apt-get", "--quiet=2", "install", "--yes", "redis-server"],
    ]


def test_another_user_installs_with_sudo(commands, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    apt.install("Redis", "redis-server")

    assert commands[-1][:3] == ["sudo", "-n", "apt-get"]


def test_nothing_is_installed_without_apt(commands, monkeypatch):
    monkeypatch.setattr(apt.shutil, "which", lambda name: None)
    apt.install("Redis", "redis-server")

    assert commands == []
