"""Installs a server that tests need, with apt-get where that is possible."""

import os
import shutil
import subprocess

import click


def install(title: str, package: str) -> None:
    """Install a package of Debian; do nothing where this user cannot."""
    if not shutil.which("apt-get") or not (os.geteuid() == 0 or _may_sudo()):
        return
    click.echo(f"• {title} is missing: installing it with apt-get")
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    for words in (["update"], ["install", "--yes", package]):
        command = [*sudo, "apt-get", "--quiet=2", *words]
        subprocess.run(command, check=False, env=_quiet())


def _may_sudo() -> bool:
    sudo = shutil.which("sudo")
    return bool(sudo) and not subprocess.run(["sudo", "-n", "true"]).returncode


def _quiet() -> dict[str, str]:
    return {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
