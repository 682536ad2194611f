"""A state folder and a repository root of the test's own."""

import pytest

from shop import environment, layout


@pytest.fixture
def var(tmp_path, monkeypatch):
    """Keep state in a folder of the test's own."""
    folder = tmp_path / "var"
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
