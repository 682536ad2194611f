import importlib.util
import sys

import pytest

from devtools import layout


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Return the module, looking at a repository of the test's own."""
    path = layout.ROOT / "devtools" / "install.py"
    spec = importlib.util.spec_from_file_location("install", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("requirements/run.txt", "requirements/dev.txt", "a/pyproject.toml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "STAMP", tmp_path / "installed")
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    return module


def test_what_is_installed_is_not_installed_again(install):
    assert not install._is_done("run")

    install.STAMP.write_text(f"run {install.fingerprint()}")

    assert install._is_done("run")
    assert not install._is_done("dev")


def test_what_testing_needs_is_enough_to_run(install):
    install.STAMP.write_text(f"dev {install.fingerprint()}")

    assert install._is_done("run")


@pytest.mark.parametrize("name", ["requirements/run.txt", "a/pyproject.toml"])
def test_a_change_of_the_requirements_installs_again(install, name):
    install.STAMP.write_text(f"run {install.fingerprint()}")

    (install.ROOT / name).write_text("more")

    assert not install._is_done("run")


def test_an_environment_of_another_folder_is_not_used(install):
    install.VENV.mkdir()
    config = install.VENV / "pyvenv.cfg"
    version = sys.version.split()[0]
    config.write_text(f"version = {version}\ncommand = python -m venv /elsewhere\n")

    assert not install._is_usable()


def test_a_python_without_ensurepip_is_told_the_package_to_install(install):
    said = install._no_venv("Error: ensurepip is not available.")

    major, minor = sys.version_info[:2]
    assert said == (
        f"This Python cannot make a .venv: sudo apt-get install "
        f"python{major}.{minor}-venv"
    )
